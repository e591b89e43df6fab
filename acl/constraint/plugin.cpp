// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/host_path.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

/// A plugin itself decides whether it writes to a mount, and may do anything with a device.
bool is_listed(const Context& context, std::string_view path) {
  const BindRule* rule = context.rules.bind_rule(path);
  if (rule != nullptr && !rule->read_only) return true;
  return std::ranges::any_of(context.spec().devices, [path](const DeviceRule& device) {
    return device.path == path && device.permissions.size() == 3;
  });
}

void check_host_path(Context& context, json::Value where, Quoted shown, std::string_view text) {
  const std::string path = unclean_path(text);
  if (context.checks(Constraint::docker_socket) && context.rules.reaches_socket(path)) {
    context.refuse(Constraint::docker_socket, where, shown, no_way_to_a_socket);
  } else if (!is_listed(context, path)) {
    context.refuse(Constraint::plugins, where, shown,
                   "a path that `binds` lists without `read_only`, or one of `devices`");
  }
}

struct Setting {
  std::string_view field, value;
};

/// Splits "name.field=value" as the engine does.
Setting setting_of(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == text.npos) return {};
  const auto key = text.substr(0, equals);
  const auto dot = key.rfind('.');
  const bool has_field = dot != key.npos && dot > 0;
  return {has_field ? key.substr(dot + 1) : std::string_view{}, text.substr(equals + 1)};
}

/// Returns whether a relative path begins with one of the host's directories: the engine runs in
/// "/", and makes devices of all that it finds in a directory.
bool begins_in_the_host(std::string_view value) {
  constexpr auto with_devices =
      std::to_array<std::string_view>({".", "dev", "proc", "run", "sys", "var"});
  constexpr auto others = std::to_array<std::string_view>(
      {"boot", "etc", "home", "lib", "media", "mnt", "opt", "root", "srv", "tmp", "usr"});
  const auto slash = value.find('/');
  const auto first = value.substr(0, slash);
  return is_one_of(with_devices, first) || (slash != value.npos && is_one_of(others, first));
}

/// Only the plugin knows which name is a mount's or a device's. Without a field name, a value that
/// looks like a path is checked as one.
bool may_be_a_path(const Setting& setting) {
  const auto& [field, value] = setting;
  if (field == "source" || field == "path") return !value.empty();
  if (value.starts_with('/') || climbs(value)) return true;
  return field.empty() && begins_in_the_host(value);
}

/// A relative path starts at a directory of the engine and may lead anywhere.
void check_set_path(Context& context, json::Value where, std::string_view path) {
  const auto name_size = where.text().size() - path.size();
  const Quoted name{where.text(), std::min<std::size_t>(name_size, 64)};  // the rest may be secret
  if (path.starts_with('/') && !climbs(path)) {
    check_host_path(context, where, name, path);
    return;
  }
  constexpr std::string_view wanted =
      "an absolute path without '..' that `binds` lists without `read_only`, or one of `devices`; "
      "other values as NAME.value=TEXT without '..'";
  const bool reaches_socket =
      context.checks(Constraint::docker_socket) && context.rules.reaches_socket("/");
  context.refuse(reaches_socket ? Constraint::docker_socket : Constraint::plugins, where, name,
                 wanted);
}

}  // namespace

void check_plugin_remote(Context& context) {
  const auto remote = context.request.parameter("remote");
  if (!remote.empty()) check_image(context, "remote", remote);
}

/// Checks a privilege for a plugin: every non-empty one is a way to the host.
void check_plugin_privilege(Context& context, json::Value values) {
  const auto name = get(values.parent(), Field::PluginPrivilege_Name).text();
  for (const auto value : values) {
    const auto text = value.text();
    if (text.empty() || text == "false") continue;
    if (name == "mount" || name == "device") {
      check_host_path(context, value, Quoted{text}, text);
    } else if (name != "network" || (text != "none" && text != "bridge")) {
      context.refuse(Constraint::plugins, value, "no privilege that reaches the host");
    }
  }
}

/// Checks "mymount.source=/" or "mydevice.path=/dev/sda"; the field name may be left out.
void check_plugin_set(Context& context) {
  for (const auto each : context.root()) {
    const Setting setting = setting_of(each.text());
    if (may_be_a_path(setting)) check_set_path(context, each, setting.value);
  }
}

}  // namespace acl::constraint
