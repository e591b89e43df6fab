// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/places.hpp"

namespace config {

/// Collects the mistakes of one file, so that all are reported at once.
class Report {
 public:
  explicit Report(const std::string& file) : file_(file), places_(file) {}

  /// With more mistakes than `most` the file is hardly a configuration, and the rest is not kept.
  static constexpr std::size_t most = 100;

  /// Remembers the line of a place, for mistakes that are found there later.
  void saw(std::string where, int line) { places_.saw(std::move(where), line); }
  /// Returns whether the file has a value at this place, valid or not.
  bool has_seen(std::string_view where) const { return places_.has_seen(where); }

  void add(int line, std::string where, std::string message, std::string hint = {});
  /// The same, on the line of the place or of the nearest enclosing one.
  void mistake(std::string where, std::string message, std::string hint = {});

  /// Adds a warning: valid, but perhaps not what the author meant. At most `most` are kept.
  void warn(std::string where, std::string message, std::string hint = {});

  /// Returns whether there are no mistakes; warnings do not count.
  bool empty() const { return mistakes_.empty(); }

  /// Returns whether a mistake was reported at exactly this place, at the list entry that contains
  /// it or, if the place is a list entry, within it. Suppresses follow-up errors for a value
  /// already reported.
  bool is_reported(std::string_view where) const;

  /// Takes out the mistakes in the order of their lines; those about the whole file come first.
  std::vector<Diagnostic> take();
  /// Returns the warnings in the order of their lines, and removes them.
  std::vector<Diagnostic> take_warnings() { return std::exchange(warnings_, {}); }
  /// Takes out the places that were seen.
  Places take_places() { return std::exchange(places_, Places(file_)); }

 private:
  void keep(Diagnostic mistake);

  std::string file_;
  Places places_;                     ///< those that were seen
  std::vector<Diagnostic> mistakes_;  ///< in the order of their lines
  std::vector<Diagnostic> warnings_;  ///< in the order of their lines
  bool overflowed_ = false;
};

}  // namespace config
