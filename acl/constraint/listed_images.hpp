// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/image_reference.hpp"

namespace acl::constraint {

/// The globs of a profile's `images`: `*` stands for anything within a component, `**` for
/// anything. A glob is completed like a reference, but one without a tag, or with the tag `*`, fits
/// every tag and digest. One with a tag and no digest fits no reference with a digest.
class ListedImages {
 public:
  explicit ListedImages(const std::vector<std::string>& globs);

  /// Whether a glob fits `reference`. Its time does not grow with the number of globs, but for
  /// those whose first star stands in the same folder.
  bool have(std::string_view reference) const;

 private:
  struct Glob {
    std::string repository;
    std::string tag;                    ///< empty: any, and any digest
    std::optional<std::string> digest;  ///< nothing: any or none
    /// How much of `repository` is fixed: all, or up to the slash before its first star.
    std::size_t fixed = 0;

    std::string_view folder() const { return std::string_view(repository).substr(0, fixed); }
  };

  static Glob read(std::string_view glob);
  static bool fits(const Glob&, const ImageReference&);
  bool have_in(std::string_view folder, const ImageReference&) const;

  std::vector<Glob> globs_;  ///< by folder
};

}  // namespace acl::constraint
