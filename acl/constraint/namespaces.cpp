// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/checks.hpp"
#include "acl/constraint/names.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

constexpr std::string_view cgroup_mode_wanted =
    "'private', or 'host' where that is the engine's own default";

bool is_another_container(std::string_view mode) {
  return mode.starts_with("container:");
}

/// Modes are listed rather than excluded, since old engines hardly check them.
void check_mode(Context& context, Constraint constraint, json::Value mode) {
  if (mode.text() == "private") return;
  const bool another = is_another_container(mode.text());
  if (context.spec().container_namespaces && another) return;
  auto told = context.refuse(constraint, mode, "'private' or none");
  if (another) told.opened_by("containers.container_namespaces: true");
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

/// "host" is the default of some engines, and clients that recreate a container repeat it.
void check_cgroup_mode(Context& context, json::Value mode) {
  if (mode.text() == "private") return;
  if (mode.text() == "host" && context.checks(Constraint::namespaces_cgroup))
    return context.ask(Lookup::Kind::engine, mode, "");
  context.refuse(Constraint::namespaces_cgroup, mode, cgroup_mode_wanted);
}

void judge_cgroup_mode(Context& context, const Lookup& asked, const Fact& engine) {
  if (engine.host_cgroups) return;
  context.refuse(Constraint::namespaces_cgroup, asked.place, Quoted{"host"}, cgroup_mode_wanted);
}

/// Checks a network, or another container's; "default" is the bridge.
void check_network_mode(Context& context, json::Value mode) {
  const std::string_view name = mode.text();
  if (!is_another_container(name)) {
    const auto network = name == "default" ? "bridge" : name;
    check_joined(context, Lookup::Kind::network, mode, network);
  } else if (!context.spec().container_namespaces) {
    context.refuse(Constraint::namespaces_network, mode, "not another container's")
        .opened_by("containers.container_namespaces: true");
  }
}

}  // namespace acl::constraint
