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

/// A device of a tmpfs is a name that nobody looks at.
bool is_plain_device(std::string_view device) {
  return !device.starts_with('/') && std::ranges::all_of(device, [](char c) { return c > ' '; });
}

void check_local_option(Context& context, json::Value option, bool tmpfs) {
  const auto key = option.key();
  if (option.is_zero() || key == "size") return;
  if (tmpfs && key == "o") {
    return check_tmpfs_options(context, Constraint::volumes, option, option.text());
  }
  if (tmpfs && (key == "type" || (key == "device" && is_plain_device(option.text())))) return;
  context.refuse(Constraint::volumes, option, "a tmpfs's options or none");
}

void check_local_options(Context& context, json::Value options) {
  const bool tmpfs = options["type"].text() == "tmpfs";
  for (const auto option : options) check_local_option(context, option, tmpfs);
  if (tmpfs && options["o"].is_zero()) {
    check_tmpfs_options(context, Constraint::volumes, options, "");
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
