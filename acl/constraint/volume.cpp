// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "acl/constraint/parts.hpp"
#include "acl/constraint/words.hpp"
#include "acl/schema/schema.hpp"
#include "acl/text.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

constexpr auto tmpfs_sizes =
    std::to_array<std::string_view>({"size", "nr_blocks", "nr_inodes", "mode", "uid", "gid"});
constexpr auto tmpfs_flags = std::to_array<std::string_view>(
    {"defaults", "ro", "rw", "noexec", "exec", "nosuid", "nodev", "noatime", "nodiratime",
     "relatime", "strictatime", "sync", "async"});

/// A flag like `bind` makes mount(2) forget the type, so options of a tmpfs are listed, not
/// excluded.
bool is_tmpfs_option(std::string_view option) {
  const auto equals = option.find('=');
  if (equals == option.npos) return option.empty() || is_one_of(tmpfs_flags, option);
  return is_one_of(tmpfs_sizes, option.substr(0, equals));
}

bool every_option(std::string_view options, bool (*holds)(std::string_view)) {
  bool all = true;
  for_each_word(options, ',', [&](std::string_view option) { all = all && holds(option); });
  return all;
}

bool binds(std::string_view option) {
  return option == "bind" || option == "rbind";
}

/// Whether an option names a path that shows a socket: overlay's lowerdir is a way to / as well.
bool option_reaches_socket(const Constraints& rules, std::string_view options) {
  bool reaches = false;
  for_each_word(options, ',', [&](std::string_view option) {
    const auto equals = option.find('=');
    if (equals == option.npos) return;
    for_each_word(option.substr(equals + 1), ':', [&](std::string_view path) {
      reaches = reaches || (path.starts_with('/') && rules.reaches_socket(path));
    });
  });
  return reaches;
}

void check_sockets(Context& context, json::Value options) {
  constexpr std::string_view wanted = "no path to the engine's or tidegate's sockets";
  const auto device = options["device"];
  const auto flags = options["o"];
  const bool is_path =
      device.text().starts_with('/') ||
      !every_option(flags.text(), [](std::string_view option) { return !binds(option); });
  if (is_path && context.rules.reaches_socket(device.text())) {
    context.refuse(Constraint::docker_socket, device.exists() ? device : options, wanted);
  }
  if (option_reaches_socket(context.rules, flags.text())) {
    context.refuse(Constraint::docker_socket, flags, wanted);
  }
}

void check_local_options(Context& context, json::Value options) {
  const bool tmpfs = options["type"].text() == "tmpfs";
  for (const auto option : options) {
    const auto key = option.key();
    if (option.is_zero() || key == "size") continue;
    if (tmpfs && key == "o" && every_option(option.text(), is_tmpfs_option)) continue;
    if (tmpfs && (key == "type" || (key == "device" && !option.text().starts_with('/')))) continue;
    context.refuse(Constraint::volumes, option, "a tmpfs's options or none");
  }
}

}  // namespace

void check_volume_driver(Context& context, json::Value driver, json::Value options) {
  check_sockets(context, options);
  const auto& listed = context.spec().volume_drivers;
  const bool local = driver.text().empty() || driver.text() == "local";
  const bool allowed = local ? !listed || driver.text().empty() || is_one_of(*listed, "local")
                             : listed && is_one_of(*listed, driver.text());
  if (!allowed) {
    context.refuse(Constraint::volumes, driver, listed ? "one of the listed drivers" : "'local'");
  }
  if (local) check_local_options(context, options);
}

void check_volume_create(Context& context) {
  const auto body = context.root();
  check_volume_driver(context, get(body, Field::VolumeCreateRequest_Driver),
                      get(body, Field::VolumeCreateRequest_DriverOpts));
  check_labels(context, get(body, Field::VolumeCreateRequest_Labels));
  const auto cluster = get(body, Field::VolumeCreateRequest_ClusterVolumeSpec);
  if (!cluster.is_zero()) context.refuse(Constraint::volumes, cluster, "no cluster volume");
}

void check_volume_update(Context& context) {
  const auto cluster = get(context.root(), Field::VolumeUpdateOptions_Spec);
  if (!cluster.is_zero()) context.refuse(Constraint::volumes, cluster, "no cluster volume");
}

}  // namespace acl::constraint
