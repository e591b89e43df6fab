// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// `names`: the engine looks for an object's name before it tries beginnings of ids, so a name that
/// is the beginning of another object's id hides that object.
namespace acl::constraint {

/// Returns whether a network can have this name. Podman modes with a colon reach the host.
bool is_network_name(std::string_view name);

}  // namespace acl::constraint
