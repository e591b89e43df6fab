// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "acl/operation.hpp"

namespace acl {

/// The sorted names of all groups, such as "@read"; "*" is not listed. No group is empty.
std::vector<std::string> group_names();

/// How an entry must be written to allow an operation under a level.
enum class Naming : std::uint8_t {
  any,      ///< any group will do: levels check containers, exec, images, networks and volumes
  section,  ///< its name or its section ("@swarm"): it changes the engine in another way
  egress,   ///< its name or "@egress": the engine connects to a host that the client chooses
};

Naming naming_of(Operation operation);

/// Returns whether `entry`, which stands for `operation`, is written as naming_of() requires.
bool allows_at_level(std::string_view entry, Operation operation);

/// The operations that an entry of `allow` or `deny` stands for; empty for an unknown name.
std::vector<Operation> expand(std::string_view entry);

}  // namespace acl
