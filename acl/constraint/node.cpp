// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "acl/constraint/checks.hpp"

namespace acl::constraint {
namespace {

constexpr std::string_view role_wanted = "'worker', or 'manager' for a node that is one";

}  // namespace

/// The engine wants a node's whole spec in each update, so a manager's says "manager" too.
void check_node_role(Context& context, json::Value role) {
  if (role.text() == "worker") return;
  if (role.text() == "manager" && context.checks(Constraint::nodes))
    return context.ask(Lookup::Kind::node, role, context.request.name());
  context.refuse(Constraint::nodes, role, role_wanted);
}

/// The engine refuses an update of another version than the node has by then, so that the answer
/// still holds when the update arrives.
void judge_node(Context& context, const Lookup& asked, const Fact& node) {
  const std::string_view version = context.request.parameter("version");
  if (!node.manager) {
    context.refuse(Constraint::nodes, asked.place, Quoted{"manager"}, role_wanted);
  } else if (node.version != version) {
    context.refuse(Constraint::nodes, "version", Quoted{version},
                   "'" + node.version + "', which the node has now: look at it again");
  }
}

}  // namespace acl::constraint
