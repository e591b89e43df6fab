// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/check.hpp"

namespace acl::constraint {

void check_container_create(Context&) {}
void check_container_update(Context&) {}
void check_container_exec(Context&) {}
void check_service(Context&) {}

}  // namespace acl::constraint
