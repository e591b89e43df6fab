// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "acl/mistake.hpp"
#include "acl/policy.hpp"

/// What `tidegate check` and the log say about a policy that is valid.
namespace acl {

/// Entries that open more than their author may think: "this is the host".
std::vector<Mistake> warnings(const PolicySpec&);

/// Entries that mean something else than they did in tidegate 0.1, each with the line that says
/// what the old meaning takes now.
std::vector<Mistake> changes_since_0_1(const PolicySpec&);

}  // namespace acl
