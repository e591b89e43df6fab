// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "acl/constraint/host_path.hpp"
#include "acl/constraint/parts.hpp"
#include "acl/schema/schema.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

/// A plugin itself says whether it writes to a mount, and may do anything with a device.
bool is_listed(const Context& context, std::string_view path) {
  const BindRule* rule = context.rules.bind_rule(path);
  if (rule != nullptr && !rule->read_only) return true;
  return std::ranges::any_of(context.spec().devices, [path](const DeviceRule& device) {
    return device.path == path && device.permissions.size() == 3;
  });
}

void check_host_path(Context& context, json::Value where, std::string_view text) {
  const std::string path = unclean_path(text);
  if (context.rules.reaches_socket(path)) {
    context.refuse(Constraint::docker_socket, where, no_way_to_a_socket);
  } else if (!is_listed(context, path)) {
    context.refuse(Constraint::plugins, where,
                   "a path that `binds` lists without `read_only`, or one of `devices`");
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
  check_image_push(context);
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
