// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/constraint.hpp"
#include "acl/constraint/listed_images.hpp"
#include "acl/constraint/spec.hpp"

namespace acl {

/// The constraints of a profile, ready for use. Immutable.
class Constraints {
 public:
  Constraints() : Constraints(ConstraintSpec{}, {}) {}
  /// \param protected_paths of unix sockets that no container may reach: the engine's, tidegate's
  Constraints(ConstraintSpec, const std::vector<std::string>& protected_paths);

  const ConstraintSpec& spec() const { return spec_; }
  Level level() const { return spec_.level; }
  bool restricted() const { return spec_.level == Level::restricted; }
  /// Whether values are checked against `constraint`: the level has it and no `waive` names it.
  bool checks(Constraint constraint) const {
    return checked_[static_cast<std::size_t>(constraint)];
  }

  /// Whether `images` has this reference; true where there is no such list.
  bool lists_image(std::string_view reference) const {
    return !images_ || images_->have(reference);
  }

  /// Whether `images_write` has this reference: a name that the profile's clients may give to what
  /// they have made. Where there is no such list it is true, unless `images` lists what may run.
  bool lists_image_to_write(std::string_view reference) const {
    return images_write_ ? images_write_->have(reference) : !images_;
  }

  /// Whether mounting the host path `source` would show a protected socket: it is one, or a
  /// directory above one, or below one, in any lexical spelling. A relative path is refused by
  /// the engine or means the working directory of the daemon, so it counts as "/".
  bool reaches_socket(std::string_view source) const;

 private:
  ConstraintSpec spec_;
  std::bitset<constraint_count> checked_;
  std::vector<std::string> protected_;  ///< canonical
  std::optional<constraint::ListedImages> images_;
  std::optional<constraint::ListedImages> images_write_;
};

/// "baseline"
std::string_view to_string(Level);

}  // namespace acl
