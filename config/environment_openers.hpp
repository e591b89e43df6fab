// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/environment_policy.hpp"

namespace config {

/// For each operation, in the order of the operation table, the fewest variables that would allow
/// it besides those that are on: "CONTAINERS=1 POST=1". Empty for what is allowed, or never is.
std::vector<std::string> openers(const EnvironmentPolicy&);

}  // namespace config
