// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "acl/operation.hpp"

namespace acl {

/// operations.inc as constants, so that look-up tables are built at compile time.
inline constexpr std::array<OperationInfo, operation_count> operation_table = {{
#define OPERATION(id, method, path, tag, effect, body, flags, since, query) \
  {Operation::id,  #id,   Method::method, path, Tag::tag, Effect::effect,   \
   BodyKind::body, flags, since,          query},
#include "acl/operations.inc"
#undef OPERATION
}};

}  // namespace acl
