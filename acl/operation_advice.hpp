// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "acl/mistake.hpp"
#include "acl/policy.hpp"

namespace acl {

/// Warns of entries that in tidegate 0.1 allowed what @egress holds now, and of operations in whole
/// sections that a level has refused since then. \param where the profile's place: "profiles.ci"
void tell_changes_of_operations(const ProfileSpec&, const std::string& where,
                                std::vector<Mistake>& out);

}  // namespace acl
