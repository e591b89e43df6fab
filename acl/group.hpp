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

/// The operations that an entry of `allow` or `deny` stands for; empty for an unknown name.
std::vector<Operation> expand(std::string_view entry);

}  // namespace acl
