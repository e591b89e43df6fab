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
  /// \param protected_paths unix sockets of the engine and tidegate, which no container may reach
  /// \param host_networks networks that the host has routes to and that the engine has not made
  Constraints(ConstraintSpec, const std::vector<std::string>& protected_paths,
              IpRanges host_networks = {});

  const ConstraintSpec& spec() const { return spec_; }
  Level level() const { return spec_.level; }
  bool restricted() const { return spec_.level == Level::restricted; }
  /// Returns whether `constraint` is in force: the level has it and `waive` does not list it.
  bool checks(Constraint constraint) const {
    return checked_[static_cast<std::size_t>(constraint)];
  }

  /// Returns whether `images` allows this reference; true without such a list.
  bool lists_image(std::string_view reference) const {
    return !images_ || images_->have(reference);
  }

  /// Returns whether a mount of the canonical `path` leads to a socket through which the host can
  /// be taken over: the engine's, tidegate's, or a usual one of the host's services.
  bool reaches_socket(std::string_view path) const { return sockets_.are_reached_by(path); }

  /// The rule of `binds` that matches the canonical `path`; null: none.
  const BindRule* bind_rule(std::string_view path) const { return binds_.rule_for(path); }

  /// Returns whether the level or `subnets` allows a network with this subnet.
  bool lists_subnet(const IpNetwork& subnet) const { return subnets_.hold(subnet); }
  /// Returns whether this subnet would cut the host off from one of its own networks.
  bool overlaps_host(const IpNetwork& subnet) const { return host_networks_.overlap(subnet); }

  /// Returns whether the profile's clients may give this name to an image that they have made: it
  /// must be in `images_write`. Without that list any name is allowed, unless `images` is set.
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

/// The level's name: "baseline".
std::string_view to_string(Level);

}  // namespace acl
