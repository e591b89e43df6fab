// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "acl/constraint/spec.hpp"
#include "acl/mistake.hpp"

namespace acl {

/// Values that `enforce` writes and the same profile refuses as too much.
/// \param where the constraints stand: "profiles.ci.containers"
void check_enforced_limits(const ConstraintSpec&, const std::string& where, std::vector<Mistake>&);

/// Entries of `images` and `images_write` that no reference to an image can fit.
void check_image_globs(const ConstraintSpec&, const std::string& where, std::vector<Mistake>&);

}  // namespace acl
