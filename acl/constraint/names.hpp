// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// `names`: the engine finds an object by its name before it looks for the beginnings of ids, so a
/// name that is the beginning of another object's id stands in for that object.
namespace acl::constraint {

/// As `docker ps` shows the ids of containers, networks and images: 12 to 64 digits of base 16.
bool looks_like_engine_id(std::string_view name);
/// As swarm makes them: 25 digits of base 36.
bool looks_like_swarm_id(std::string_view name);
/// Whether a network can have that name. Podman has modes with a colon that lead to the host.
bool is_network_name(std::string_view name);

}  // namespace acl::constraint
