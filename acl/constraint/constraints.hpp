// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/constraint.hpp"
#include "acl/constraint/listed_images.hpp"
#include "acl/constraint/listed_paths.hpp"
#include "acl/constraint/socket_places.hpp"
#include "acl/constraint/spec.hpp"
#include "acl/ip_ranges.hpp"

namespace acl {

/// The constraints of a profile, ready for use. Immutable.
class Constraints {
 public:
  Constraints() : Constraints(ConstraintSpec{}, {}) {}
  /// \param protected_paths of unix sockets that no container may reach: the engine's, tidegate's
  /// \param host_networks that the host has routes to and that the engine has not made
  Constraints(ConstraintSpec, const std::vector<std::string>& protected_paths,
              IpRanges host_networks = {});

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

  /// Whether a mount of the canonical `path` would be a way to a socket from which the host can be
  /// taken over: one of the engine's or tidegate's own, or of those that hosts usually have.
  bool reaches_socket(std::string_view path) const { return sockets_.are_reached_by(path); }

  /// The rule of `binds` that lists the canonical `path`; null: none.
  const BindRule* bind_rule(std::string_view path) const { return binds_.rule_for(path); }

  /// Whether a network may be made with this subnet: it lies in one that the level or `subnets`
  /// has.
  bool lists_subnet(const IpNetwork& subnet) const { return subnets_.hold(subnet); }
  /// Whether the host would lose the way to one of its own networks to this subnet.
  bool overlaps_host(const IpNetwork& subnet) const { return host_networks_.overlap(subnet); }

  /// Whether `images_write` has this reference: a name that the profile's clients may give to what
  /// they have made. Where there is no such list it is true, unless `images` lists what may run.
  bool lists_image_to_write(std::string_view reference) const {
    return images_write_ ? images_write_->have(reference) : !images_;
  }

 private:
  ConstraintSpec spec_;
  std::bitset<constraint_count> checked_;
  constraint::SocketPlaces sockets_;
  constraint::ListedPaths binds_;
  std::optional<constraint::ListedImages> images_;
  std::optional<constraint::ListedImages> images_write_;
  IpRanges subnets_;
  IpRanges host_networks_;
};

/// "baseline"
std::string_view to_string(Level);

}  // namespace acl
