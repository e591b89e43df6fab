// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string_view>

#include "acl/operation.hpp"
#include "acl/policy.hpp"

/// Questions about a profile as written, before it is compiled.
namespace acl {

/// Returns whether `waive` lists the constraint's key.
bool waives(const ConstraintSpec&, std::string_view constraint);

/// Returns whether an entry of `allow` stands for the operation and no entry of `deny` does.
bool asks_for(const ProfileSpec&, Operation);

/// The same, and the entry is written as the level requires. Operations that must be named for
/// another reason (why_by_name) are not considered.
bool allows(const ProfileSpec&, Operation);

/// The names of the profiles that a listener gives to anybody.
std::set<std::string_view> profiles_in_use(const PolicySpec&);

}  // namespace acl
