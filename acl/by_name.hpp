// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "acl/constraint/spec.hpp"
#include "acl/mistake.hpp"
#include "acl/operation.hpp"
#include "acl/policy.hpp"

namespace acl {

/// Why no group allows `operation` under these constraints, only its own name; "" where groups do.
/// "level restricted wants it named".
std::string_view why_by_name(const ConstraintSpec&, Operation);

/// What an operation shows that makes its reader a manager of the swarm, and so root on the host:
/// "shows the manager's join token, which is the host"; "" for any other.
std::string_view shown_credential(Operation);

/// Operations that a profile allows by name, and that `images` cannot hold to its list: what a
/// Dockerfile begins FROM is not looked at.
std::vector<Mistake> unlisted_builds(const ProfileSpec&, const std::string& where);

}  // namespace acl
