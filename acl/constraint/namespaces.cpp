// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/checks.hpp"
#include "acl/constraint/names.hpp"
#include "acl/constraint/words.hpp"

namespace acl::constraint {
namespace {

bool is_another_container(std::string_view mode) {
  return mode.starts_with("container:");
}

/// Modes are listed, not excluded: old engines hardly look at them.
void check_mode(Context& context, Constraint constraint, json::Value mode) {
  if (mode.text() == "private") return;
  if (context.spec().container_namespaces && is_another_container(mode.text())) return;
  context.refuse(constraint, mode, "'private' or none");
}

}  // namespace

void check_pid_mode(Context& context, json::Value mode) {
  check_mode(context, Constraint::namespaces_pid, mode);
}

void check_ipc_mode(Context& context, json::Value mode) {
  const std::string_view text = mode.text();
  if (text == "none" || (text == "shareable" && !context.restricted())) return;
  check_mode(context, Constraint::namespaces_ipc, mode);
}

/// A network by its name; "default" is the bridge.
void check_network_mode(Context& context, json::Value mode) {
  const std::string_view name = mode.text();
  if (name == "host") {
    context.refuse(Constraint::namespaces_network, mode, "not the host's");
  } else if (is_another_container(name)) {
    if (!context.spec().container_namespaces) {
      context.refuse(Constraint::namespaces_network, mode, "not another container's");
    }
  } else if (!is_network_name(name)) {
    context.refuse(Constraint::namespaces_network, mode, "a network's name");
  } else if (const auto& listed = context.spec().networks; listed && name != "none") {
    if (is_one_of(*listed, name == "default" ? "bridge" : name)) return;
    context.refuse(Constraint::networks, mode, "a listed network");
  }
}

}  // namespace acl::constraint
