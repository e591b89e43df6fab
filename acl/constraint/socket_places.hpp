// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>

#include "acl/constraint/path_tree.hpp"

namespace acl::constraint {

/// Places on the host from which it can be taken over: the default socket directories of engines,
/// container runtimes, virtual machine managers, systemd and D-Bus, /proc, which leads everywhere,
/// and places that are added.
class SocketPlaces {
 public:
  SocketPlaces();

  /// \param place canonical; a component may be `*`
  /// \param least the fewest components of a directory above the place that counts as a way to it
  void add(std::string_view place, std::size_t least = 1);

  /// Returns whether a mount of the canonical `path` exposes such a place or a part of it.
  bool are_reached_by(std::string_view path) const;

 private:
  struct Place {
    bool is_one = false;
    /// The fewest components of a directory that counts as a way to what is at or below it.
    std::size_t least = std::numeric_limits<std::size_t>::max();
  };
  PathTree<Place> tree_;
};

}  // namespace acl::constraint
