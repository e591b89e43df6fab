// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acl/constraint/spec.hpp"
#include "acl/mistake.hpp"
#include "acl/operation.hpp"
#include "acl/policy.hpp"

namespace acl {

/// Says why, under these constraints, only its own name allows `operation` and no group does:
/// "level restricted wants it named". Empty where groups allow it.
std::string_view why_by_name(const ConstraintSpec&, Operation);

/// The keys that allow an operation by its name: "`allow: [ContainerLogs]`". Empty for operations
/// that administer the engine or show a credential for the host.
std::string key_by_name(const ConstraintSpec&, Operation);

/// Says what an operation shows that makes its reader a manager of the swarm, and so root on the
/// host: "shows the manager's join token, which is the host". Empty for every other operation.
std::string_view shown_credential(Operation);

/// Warns of operations that a profile allows by name although `images` cannot restrict them:
/// tidegate does not read the FROM lines of a Dockerfile.
std::vector<Mistake> unlisted_builds(const ProfileSpec&, const std::string& where);

}  // namespace acl
