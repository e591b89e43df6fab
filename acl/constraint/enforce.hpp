// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "acl/constraint/check.hpp"

namespace acl::constraint {

/// Writes the profile's `enforce` values into the body of ContainerCreate, ContainerUpdate,
/// ServiceCreate and ServiceUpdate, and notes the path of each in Context::enforced. What is
/// already so stays as it is.
void enforce(Context&);

}  // namespace acl::constraint
