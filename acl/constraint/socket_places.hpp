// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>

#include "acl/constraint/path_tree.hpp"

namespace acl::constraint {

/// Places of the host from which the host can be taken over: where engines, container runtimes,
/// managers of virtual machines, systemd and D-Bus have their sockets unless they are told
/// otherwise, /proc, behind which is everything, and whatever is added.
class SocketPlaces {
 public:
  SocketPlaces();

  /// \param place canonical; a component may be `*`
  /// \param least a directory above the place is a way to it where it has so many components
  void add(std::string_view place, std::size_t least = 1);

  /// Whether a mount of the canonical `path` shows such a place or a part of it.
  bool are_reached_by(std::string_view path) const;

 private:
  struct Place {
    bool is_one = false;
    /// How few components a directory may have that is a way to what lies at or below it.
    std::size_t least = std::numeric_limits<std::size_t>::max();
  };
  PathTree<Place> tree_;
};

}  // namespace acl::constraint
