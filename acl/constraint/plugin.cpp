// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "acl/constraint/host_path.hpp"
#include "acl/constraint/parts.hpp"
#include "acl/schema/schema.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

bool is_listed(const ConstraintSpec& spec, const std::string& path) {
  const auto at_or_below = [&](const auto& rule) { return is_at_or_below(path, rule.path); };
  return std::ranges::any_of(spec.binds, at_or_below) ||
         std::ranges::any_of(spec.devices, at_or_below);
}

void check_host_path(Context& context, json::Value where, std::string_view path) {
  if (context.rules.reaches_socket(path)) {
    context.refuse(Constraint::docker_socket, where,
                   "no path to the engine's or tidegate's sockets");
  } else if (!is_listed(context.spec(), canonical_path(path))) {
    context.refuse(Constraint::plugins, where, "a listed path");
  }
}

/// What a plugin may be granted: each privilege is a way to the host, but for an empty one.
void check_privilege(Context& context, json::Value privilege) {
  const auto name = get(privilege, Field::PluginPrivilege_Name).text();
  for (const auto value : get(privilege, Field::PluginPrivilege_Value)) {
    const auto text = value.text();
    if (text.empty() || text == "false") continue;
    if (name == "mount" || name == "device") {
      check_host_path(context, value, text);
    } else if (name != "network" || (text != "none" && text != "bridge")) {
      context.refuse(Constraint::plugins, value, "no privilege that reaches the host");
    }
  }
}

}  // namespace

void check_plugin_remote(Context& context) {
  const auto remote = context.request.parameter("remote");
  if (!remote.empty()) check_image(context, "remote", remote);
}

void check_plugin_privileges(Context& context) {
  for (const auto privilege : context.root()) check_privilege(context, privilege);
}

/// The archive holds the plugin's own config.json: with it a client grants itself the host.
void check_plugin_create(Context& context) {
  context.refuse(Constraint::plugins, "PluginCreate", "an archive that brings its own privileges",
                 "PluginPull, whose privileges are checked, or `waive: [plugins]`");
}

void check_plugin_push(Context& context) {
  check_image_name(context, "name", context.request.name());
}

/// "mymount.source=/", "mydevice.path=/dev/sda"; the field may be left out. Which name is a mount's
/// is known to the plugin alone, so every absolute path counts as one.
void check_plugin_set(Context& context) {
  for (const auto setting : context.root()) {
    const auto text = setting.text();
    const auto equals = text.find('=');
    const auto value = equals == text.npos ? std::string_view{} : text.substr(equals + 1);
    if (value.starts_with('/')) check_host_path(context, setting, value);
  }
}

}  // namespace acl::constraint
