// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// `names`: the engine looks for an object's name before it tries beginnings of ids, so a name that
/// is the beginning of another object's id hides that object.
namespace acl::constraint {

/// An id of a container, network or image as `docker ps` shows it: 12 to 64 hex digits.
bool looks_like_engine_id(std::string_view name);
/// A swarm id: 25 digits of base 36.
bool looks_like_swarm_id(std::string_view name);
/// Returns whether a network can have this name. Podman modes with a colon reach the host.
bool is_network_name(std::string_view name);

}  // namespace acl::constraint
