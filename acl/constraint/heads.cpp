// SPDX-License-Identifier: Apache-2.0
// Parameters without a harmless value, and operations that do harm whatever they are given.
#include "acl/constraint/checks.hpp"

namespace acl::constraint {
namespace {

void want_no_parameter(Context& context, std::string_view name) {
  const auto value = context.request.parameter(name);
  if (value.empty()) return;
  context.refuse(Constraint::checkpoint, name, shown_value(name, value), "nothing");
}

}  // namespace

/// The engine reads and writes the directory as root, on the host.
void check_checkpoint_dir(Context& context) {
  want_no_parameter(context, "dir");
}

void check_container_start_head(Context& context) {
  want_no_parameter(context, "checkpoint");
  want_no_parameter(context, "checkpoint-dir");
}

/// The archive holds the plugin's own config.json: with it a client grants itself the host.
void check_plugin_create(Context& context) {
  context.refuse(Constraint::plugins, "PluginCreate", "an archive that brings its own privileges",
                 "PluginPull, whose privileges are checked");
}

/// The engine restores the spec that the service had before, unchecked, and ignores the body.
void check_service_rollback(Context& context) {
  const auto rollback = context.request.parameter("rollback");
  if (rollback.empty() || rollback == "none") return;
  context.refuse(Constraint::services, "rollback", shown_value("rollback", rollback),
                 "the spec itself in the body, or `waive: [services]`");
}

/// The managers of the joined cluster may run anything on this host as root, past tidegate.
void check_swarm_join(Context& context) {
  context.refuse(Constraint::swarm, "SwarmJoin", "an order to obey the managers that it names",
                 "no such order");
}

}  // namespace acl::constraint
