// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "acl/mistake.hpp"
#include "acl/policy.hpp"

/// Advice that `tidegate check` and the log give about a valid policy.
namespace acl {

/// Warns of entries that open more than their author may think: "this is the host".
std::vector<Mistake> warnings(const PolicySpec&);

/// Warns of entries that meant something else in tidegate 0.1. Each hint gives the line that has
/// the old meaning today.
std::vector<Mistake> changes_since_0_1(const PolicySpec&);

}  // namespace acl
