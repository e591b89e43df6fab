// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/image_reference.hpp"

namespace acl::constraint {

/// The globs of a profile's `images`: `*` matches anything within a component, `**` anything. A
/// glob is completed like a reference, but one without a tag, or with tag `*`, matches every tag
/// and digest. One with a tag and without a digest matches no reference that has a digest.
class ListedImages {
 public:
  explicit ListedImages(const std::vector<std::string>& globs);

  /// Returns whether a glob matches `reference`. The time does not grow with the number of globs,
  /// except those whose first star is in the same folder.
  bool have(std::string_view reference) const;

 private:
  struct Glob {
    std::string repository;
    std::string tag;                    ///< empty: any tag and any digest
    std::optional<std::string> digest;  ///< nothing: with or without a digest
    /// How much of `repository` is fixed: all, or up to the slash before its first star.
    std::size_t fixed = 0;

    std::string_view folder() const { return std::string_view(repository).substr(0, fixed); }
  };

  static Glob read(std::string_view glob);
  static bool fits(const Glob&, const ImageReference&);
  bool have_in(std::string_view folder, const ImageReference&) const;

  std::vector<Glob> globs_;  ///< sorted by folder
};

}  // namespace acl::constraint
