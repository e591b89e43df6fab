// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "config/diagnostic.hpp"

namespace config {

/// The lines of a file's values, so that a mistake that is found later can name its line.
class Places {
 public:
  Places() = default;
  explicit Places(std::string file) : file_(std::move(file)) {}

  /// The file that was read; empty if there was none.
  const std::string& file() const { return file_; }
  void saw(std::string where, int line) { lines_.emplace(std::move(where), line); }
  /// Returns whether the file has a value at this place, valid or not.
  bool has_seen(std::string_view where) const { return lines_.contains(where); }
  /// Forgets profiles and client rules, which may be many.
  void forget_policy();

  /// Something to say about a place, with its line or that of the nearest enclosing place.
  Diagnostic diagnostic(std::string where, std::string message, std::string hint = {}) const;

 private:
  int line_of(std::string_view where) const;

  std::string file_;
  std::map<std::string, int, std::less<>> lines_;
};

}  // namespace config
