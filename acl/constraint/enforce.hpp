// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "acl/constraint/check.hpp"

namespace acl::constraint {

/// Writes the profile's `enforce` values into the body of ContainerCreate, ContainerUpdate,
/// ServiceCreate and ServiceUpdate, and adds the path of each to Context::enforced. Values that
/// already comply stay unchanged.
void enforce(Context&);

}  // namespace acl::constraint
