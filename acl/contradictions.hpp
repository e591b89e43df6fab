// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "acl/constraint/spec.hpp"
#include "acl/mistake.hpp"

namespace acl {

/// Warns of values that `enforce` writes and the same profile then refuses as too large.
/// \param where the constraints' place: "profiles.ci.containers"
void check_enforced_limits(const ConstraintSpec&, const std::string& where, std::vector<Mistake>&);

/// Warns of entries in `images` and `images_write` that no image reference can match.
void check_image_globs(const ConstraintSpec&, const std::string& where, std::vector<Mistake>&);

}  // namespace acl
