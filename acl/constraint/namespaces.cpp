// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/container_parts.hpp"
#include "acl/constraint/names.hpp"
#include "acl/constraint/parts.hpp"
#include "acl/constraint/words.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

bool is_another_container(std::string_view mode) {
  return mode.starts_with("container:");
}

/// Modes are listed, not excluded: old engines hardly look at them.
void check_mode(Context& context, Constraint constraint, json::Value mode, bool joinable) {
  const std::string_view text = mode.text();
  if (text.empty() || text == "private") return;
  if (joinable && context.spec().container_namespaces && is_another_container(text)) return;
  context.refuse(constraint, mode, "'private' or none");
}

/// Of a container for which the engine chooses: for old clients it takes what they expect.
void check_default_ipc(Context& context, json::Value host_config) {
  const ApiVersion& version = context.request.version;
  constexpr unsigned first_private = 40;
  if (!context.restricted() || !version.given() || version.minor >= first_private) return;
  context.refuse_missing(Constraint::namespaces_ipc, host_config, "IpcMode",
                         "'private' or 'none', as the engine's default before API 1.40 is "
                         "'shareable'; or `waive: [namespaces.ipc]`");
}

void check_ipc(Context& context, json::Value host_config) {
  const json::Value mode = get(host_config, Field::HostConfig_IpcMode);
  if (mode.is_zero()) return check_default_ipc(context, host_config);
  const std::string_view text = mode.text();
  if (text == "none" || (text == "shareable" && !context.restricted())) return;
  check_mode(context, Constraint::namespaces_ipc, mode, true);
}

/// A network by its name; "default" is the bridge.
void check_network(Context& context, json::Value mode) {
  const std::string_view name = mode.text();
  if (name == "host") {
    context.refuse(Constraint::namespaces_network, mode, "not the host's");
  } else if (is_another_container(name)) {
    if (!context.spec().container_namespaces) {
      context.refuse(Constraint::namespaces_network, mode, "not another container's");
    }
  } else if (!name.empty() && !is_network_name(name)) {
    context.refuse(Constraint::namespaces_network, mode, "a network's name");
  } else if (const auto& listed = context.spec().networks; listed && name != "none") {
    const bool bridge = name.empty() || name == "default";
    if (is_one_of(*listed, bridge ? "bridge" : name)) return;
    context.refuse(Constraint::networks, mode, "a listed network");
  }
}

}  // namespace

void check_namespaces(Context& context, json::Value host_config) {
  const auto mode = [host_config](Field field) { return get(host_config, field); };
  check_network(context, mode(Field::HostConfig_NetworkMode));
  check_mode(context, Constraint::namespaces_pid, mode(Field::HostConfig_PidMode), true);
  check_ipc(context, host_config);
  check_mode(context, Constraint::namespaces_uts, mode(Field::HostConfig_UTSMode), false);
  check_mode(context, Constraint::namespaces_user, mode(Field::HostConfig_UsernsMode), false);
  check_mode(context, Constraint::namespaces_cgroup, mode(Field::HostConfig_CgroupnsMode), false);
  want_zero(context, Constraint::namespaces_cgroup, mode(Field::HostConfig_Cgroup), "none");
}

}  // namespace acl::constraint
