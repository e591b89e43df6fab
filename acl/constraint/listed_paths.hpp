// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "acl/constraint/path_tree.hpp"
#include "acl/constraint/spec.hpp"

namespace acl::constraint {

/// The host paths of `binds`, ready for use.
class ListedPaths {
 public:
  explicit ListedPaths(const std::vector<BindRule>&);

  /// The rule that decides about the canonical `path`; null: none lists it. A rule for exactly this
  /// path wins over one that opens what is below a directory, then the deeper rule, then the one
  /// with fewer `*`, then the read-only one.
  const BindRule* rule_for(std::string_view path) const;

 private:
  struct Entry {
    BindRule rule;
    std::size_t components, stars;

    bool comes_before(const Entry&) const;
    /// Returns whether the rule names the directory of `path`, where that is required.
    bool names_place_of(std::string_view path) const;
  };

  std::vector<Entry> entries_;
  PathTree<std::vector<std::size_t>> by_path_;  ///< indices into entries_
};

}  // namespace acl::constraint
