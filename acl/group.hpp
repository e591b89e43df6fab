// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acl/operation.hpp"

namespace acl {

/// The names of all groups, "@read" and the like, sorted; "*" is not among them. A group has at
/// least one operation.
std::vector<std::string> group_names();

/// Whether `entry` says aloud which operations it means: one by its name, or a section of the
/// reference
/// ("@swarm"). "*" and groups by effect ("@admin") do not.
bool is_explicit(std::string_view entry);

/// Whether an entry must be explicit to allow `operation` where a level is in force: levels look
/// into containers, exec, images, networks and volumes. What else changes the engine is a decision
/// of its own.
bool must_be_explicit(Operation operation);

/// The operations that an entry of `allow` or `deny` stands for; empty for an unknown name.
std::vector<Operation> expand(std::string_view entry);

}  // namespace acl
