// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "acl/operation.hpp"
#include "acl/policy.hpp"

/// What a profile says as it was written, for what is told about it before it is compiled.
namespace acl {

/// Whether `waive` names the constraint, by its key.
bool waives(const ConstraintSpec&, std::string_view constraint);

/// Whether an entry of `allow` stands for the operation, and none of `deny` does.
bool asks_for(const ProfileSpec&, Operation);

/// The same, and the entry is written as the level wants it. What goes by its own name for another
/// reason (why_by_name) is not looked at.
bool allows(const ProfileSpec&, Operation);

}  // namespace acl
