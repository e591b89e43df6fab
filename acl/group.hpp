// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "acl/operation.hpp"

namespace acl {

/// The names of all groups, "@read" and the like, sorted; "*" is not among them. A group has at
/// least one operation.
std::vector<std::string> group_names();

/// How an entry must be written to allow an operation where a level is in force.
enum class Naming : std::uint8_t {
  any,      ///< by any group: levels look into containers, exec, images, networks and volumes
  section,  ///< by name or as a section ("@swarm"): it changes the engine in another way
  egress,   ///< by name or as "@egress": it makes the engine connect where the client says
};

Naming naming_of(Operation operation);

/// Whether `entry`, which stands for `operation`, is written as naming_of() asks.
bool allows_at_level(std::string_view entry, Operation operation);

/// The operations that an entry of `allow` or `deny` stands for; empty for an unknown name.
std::vector<Operation> expand(std::string_view entry);

}  // namespace acl
