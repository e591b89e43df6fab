// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/container_parts.hpp"
#include "acl/constraint/parts.hpp"

namespace acl::constraint {

using schema::Field;

/// ExecStart has nothing to check: what is run was said here.
void check_container_exec(Context& context) {
  const json::Value body = context.root();
  want_false(context, Constraint::privileged, get(body, Field::ExecCreateRequest_Privileged));
  check_exec_user(context, get(body, Field::ExecCreateRequest_User));
  check_env(context, get(body, Field::ExecCreateRequest_Env));
  check_working_dir(context, get(body, Field::ExecCreateRequest_WorkingDir));
}

}  // namespace acl::constraint
