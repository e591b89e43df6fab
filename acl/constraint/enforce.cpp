// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/enforce.hpp"

namespace acl::constraint {

void enforce(Context&) {}

}  // namespace acl::constraint
