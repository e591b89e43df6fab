// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "acl/mistake.hpp"
#include "acl/policy.hpp"

namespace acl {

/// Entries that in tidegate 0.1 stood for what @egress holds now, and operations of whole sections
/// that a level refuses since then. \param where the profile: "profiles.ci"
void tell_changes_of_operations(const ProfileSpec&, const std::string& where,
                                std::vector<Mistake>& out);

}  // namespace acl
