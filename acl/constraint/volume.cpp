// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/grammar.hpp"
#include "acl/constraint/host_path.hpp"
#include "acl/text/shown.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

bool is_local(std::string_view driver) {
  return driver.empty() || driver == "local";
}

constexpr std::size_t most_paths =
    512;  // overlayfs takes 500 layers; longer lists count as any path
// Options that overlayfs reads as paths; in other options of `o` a path begins with a slash.
constexpr auto overlay_layers =
    std::to_array<std::string_view>({"lowerdir", "upperdir", "workdir", "lowerdir+", "datadir+"});

bool every_option(std::string_view options, bool (*holds)(std::string_view)) {
  bool all = true;
  for_each_word(options, ',', [&](std::string_view option) { all = all && holds(option); });
  return all;
}

bool binds(std::string_view option) {
  return option == "bind" || option == "rbind";
}

/// Returns whether an option names a path that exposes a socket. Layers of overlayfs may be
/// relative and count as a way to /.
bool options_reach_socket(const Constraints& rules, std::string_view options) {
  bool reach = false;
  std::size_t paths = 0;
  for_each_word(options, ',', [&](std::string_view option) {
    const auto equals = option.find('=');
    if (equals == option.npos) return;
    const bool is_layer = is_one_of(overlay_layers, option.substr(0, equals));
    for_each_word(option.substr(equals + 1), ':', [&](std::string_view path) {
      const bool is_path = path.starts_with('/') || (is_layer && !path.empty());
      paths += is_path ? 1 : 0;
      reach = reach || paths > most_paths || (is_path && rules.reaches_socket(unclean_path(path)));
    });
  });
  return reach;
}

/// Other drivers than local have other names for a path (`mountpoint`), so any option may be one.
bool reaches_socket(const Context& context, json::Value option, bool is_bind) {
  const auto key = option.key(), text = option.text();
  const bool expanded = is_expanded(context, text);
  if (key == "o") return expanded || options_reach_socket(context.rules, text);
  if (key == "type") return expanded || text == "proc";  // the host's /proc
  const bool begins_a_path = text.starts_with('/') || (expanded && text.starts_with("{{"));
  const bool is_path = begins_a_path || (key == "device" && (is_bind || expanded));
  return is_path && (expanded || context.rules.reaches_socket(unclean_path(text)));
}

void check_sockets(Context& context, json::Value options) {
  const bool is_bind =
      !every_option(options["o"].text(), [](std::string_view option) { return !binds(option); });
  if (is_bind && !options["device"].exists()) {
    context.refuse(Constraint::docker_socket, options, no_way_to_a_socket);
  }
  for (const auto option : options) {
    if (reaches_socket(context, option, is_bind)) {
      context.refuse(Constraint::docker_socket, option, no_way_to_a_socket);
    }
  }
}

/// The device of a tmpfs is a name that the kernel ignores.
bool is_plain_device(std::string_view device) {
  return !device.starts_with('/') && std::ranges::all_of(device, [](char c) { return c > ' '; });
}

void check_local_option(Context& context, json::Value option, bool tmpfs) {
  const auto key = option.key();
  if (option.is_zero() || (key == "size" && grammar::disk_size.fits(option.text()))) return;
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

/// Checks the driver that makes a volume.
void check_volume_driver(Context& context, json::Value driver) {
  const auto& listed = context.spec().volume_drivers;
  const auto name = driver.text();
  if (listed ? is_one_of(*listed, name) : is_local(name)) return;
  context.refuse(Constraint::volumes, driver, listed ? "one of the listed drivers" : "'local'")
      .opened_by("containers.volume_drivers: [", name, "]");
}

/// Checks the driver's options; `docker_socket` holds at every level.
void check_volume_options(Context& context, json::Value options) {
  const json::Value driver =
      get_either(options.parent(), Field::VolumeCreateRequest_Driver, Field::MountDriver_Name);
  check_sockets(context, options);
  if (is_local(driver.text())) check_local_options(context, options);
}

}  // namespace acl::constraint
