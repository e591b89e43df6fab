// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"

namespace config {

/// Collects the mistakes of one file, so that all of them are reported at once.
class Report {
 public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  /// Beyond `most` mistakes the file is no slip any more, and the rest is not kept.
  static constexpr std::size_t most = 100;

  void add(int line, std::string where, std::string message, std::string hint = {});

  bool empty() const { return mistakes_.empty(); }

  /// Whether something is wrong already at exactly this place, with the list entry that holds it,
  /// or within the list entry that it is: what follows from it needs no second line.
  bool names(std::string_view where) const;

  /// In the order of their lines, those about the file as a whole first. Leaves the report empty.
  std::vector<Diagnostic> take();

 private:
  std::string file_;
  std::vector<Diagnostic> mistakes_;  ///< in the order of their lines
  bool overflowed_ = false;
};

}  // namespace config
