// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/diagnostic.hpp"

namespace config {

/// Collects the mistakes of one file, so that all of them are reported at once.
class Report {
 public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  /// Beyond `most` mistakes the file is no slip any more, and the rest is not kept.
  static constexpr std::size_t most = 100;

  /// Remembers the line of a place, for mistakes that are found there later.
  void saw(std::string where, int line) { lines_.emplace(std::move(where), line); }
  /// Whether something is written there, right or wrong.
  bool has_seen(std::string_view where) const { return lines_.contains(where); }

  void add(int line, std::string where, std::string message, std::string hint = {});
  /// The same on the line of the place, or of what is around it.
  void mistake(std::string where, std::string message, std::string hint = {});

  /// Notes what is no mistake but may not be what its author means; at most `most`.
  void warn(std::string where, std::string message, std::string hint = {});

  /// Whether there is no mistake; warnings do not count.
  bool empty() const { return mistakes_.empty(); }

  /// Whether something is wrong already at exactly this place, with the list entry that holds it,
  /// or within the list entry that it is: what follows from it needs no second line.
  bool is_reported(std::string_view where) const;

  /// In the order of their lines, those about the file as a whole first. Leaves the report empty.
  std::vector<Diagnostic> take();
  /// In the order of their lines. Leaves no warning behind.
  std::vector<Diagnostic> take_warnings() { return std::exchange(warnings_, {}); }

 private:
  int line_of(std::string_view where) const;

  std::string file_;
  std::map<std::string, int, std::less<>> lines_;  ///< of the places that were seen
  std::vector<Diagnostic> mistakes_;               ///< in the order of their lines
  std::vector<Diagnostic> warnings_;               ///< the same
  bool overflowed_ = false;
};

}  // namespace config
