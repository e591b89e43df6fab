// SPDX-License-Identifier: Apache-2.0
#include "config/constraint_keys.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "acl/constraint/constraint.hpp"
#include "acl/constraint/device_name.hpp"
#include "config/constraint_types.hpp"
#include "config/scalar.hpp"
#include "config/types.hpp"
#include "config/units.hpp"

namespace config {
namespace {

using acl::BindRule;
using acl::BuildSpec;
using acl::ConstraintSpec;
using acl::DeviceRule;
using acl::EnforceSpec;
using acl::Habits;
using acl::Level;
using acl::UnknownFields;

constexpr std::size_t most_entries = 256;  // in each list here
constexpr std::size_t PiB = GiB * MiB;
constexpr std::size_t page = 4 * KiB;

/// The value as a line of YAML, for hints.
std::string inline_text(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::list) return node.text;
  std::string items;
  for (const auto& item : node.items) items += (items.empty() ? "" : ", ") + item.text;
  return "[" + items + "]";
}

/// `{path: /srv, read_only: true}` for "/srv:/data:ro", as Docker writes it.
std::string written_as_bind(const std::string& text) {
  const auto colon = text.find(':');
  const bool read_only = colon != text.npos && (text + ",").find("ro,", colon) != text.npos;
  return "{path: " + text.substr(0, colon) + (read_only ? ", read_only: true}" : "}");
}

/// The rules for host paths. People write them as for `docker run -v`.
Type<BindRule> bind() {
  auto type = map_of(bind_keys());
  type.read = [read = type.read](const Place& place, BindRule& to) {
    if (place.node.kind != YamlNode::Kind::scalar) return read(place, to);
    return place.is_a(YamlNode::Kind::map, "write " + code(written_as_bind(place.node.text)));
  };
  return type;
}

/// `{path: /dev/fuse}` for "/dev/fuse:/dev/fuse:rw", as Docker writes it.
std::string written_as_device(const std::string& text) {
  if (acl::constraint::is_cdi_name(text)) return "{cdi: " + text + "}";
  if (text.starts_with('/')) return "{path: " + text.substr(0, text.find(':')) + "}";
  return "{gpu: " + text + "}";
}

/// The number of names that a rule has.
std::ptrdiff_t names_of(const YamlNode& device) {
  return std::ranges::count_if(device.entries, [](const YamlNode::Entry& entry) {
    return entry.key == "path" || entry.key == "gpu" || entry.key == "cdi";
  });
}

/// The rules for devices. People write them as for `docker run --device`.
Type<DeviceRule> device() {
  auto type = map_of(device_keys());
  type.read = [read = type.read](const Place& place, DeviceRule& to) {
    if (place.node.kind == YamlNode::Kind::scalar)
      return place.is_a(YamlNode::Kind::map, "write " + code(written_as_device(place.node.text)));
    if (!read(place, to)) return false;
    if (names_of(place.node) != 1)
      return place.refuse("a device has one of the keys `path`, `gpu` and `cdi`");
    const bool permits = place.node.find("permissions") != nullptr;
    return !permits || to.path || place.refuse("only a device with a `path` has `permissions`");
  };
  type.print = [print = type.print](const DeviceRule& from) {
    auto node = print(from);
    if (!from.path)
      std::erase_if(node.entries, [](const auto& e) { return e.key == "permissions"; });
    return node;
  };
  type.shape.needs = {"path", "gpu", "cdi"};
  return type;
}

/// A value with an inner key that explains it: `memory: {max: 4g}`.
template <class T>
Type<T> under(std::string_view name, const Type<T>& type, std::string_view why) {
  struct Holder {
    T value{};
  };
  const Table<Holder> table{required(name, &Holder::value, type, why)};
  const auto read = [table, name](const Place& place, T& to) {
    const auto written = "{" + std::string(name) + ": " + inline_text(place.node) + "}";
    Holder holder;
    if (!place.is_a(YamlNode::Kind::map, "write " + code(written))) return false;
    read_map(place, table, holder);
    to = std::move(holder.value);
    return true;
  };
  const auto print = [table](const T& value) { return print_map(table, {value}); };
  return {read, print, "`{" + std::string(name) + ": " + type.range + "}`", shape_of(table)};
}

Type<std::vector<std::string>> texts() {
  return list_of(text(), most_entries);
}

/// The engine's minimum.
Type<std::int64_t> memory() {
  return size<std::int64_t>(6 * MiB, PiB);
}

/// The engine accepts 0.01 CPUs and more.
Type<std::int64_t> cpus() {
  return config::cpus(10'000'000, 4096'000'000'000);
}

/// At most PID_MAX_LIMIT of 64-bit Linux.
Type<std::int64_t> pids() {
  return count<std::int64_t>(1, 4'194'304);
}

}  // namespace

const Table<BindRule>& bind_keys() {
  static const Table<BindRule> table{
      required("path", &BindRule::path, bind_path(), "the host path that may be mounted"),
      field("read_only", &BindRule::read_only, boolean()),
      field("below", &BindRule::below,
            choice<acl::Below>({{"unresolved", acl::Below::unresolved}})),
  };
  return table;
}

const Table<DeviceRule>& device_keys() {
  static const Table<DeviceRule> table{
      field("path", &DeviceRule::path, host_path()),
      field("permissions", &DeviceRule::permissions, device_permissions()),
      field("gpu", &DeviceRule::gpu, gpu_name()),
      field("cdi", &DeviceRule::cdi, cdi_name()),
  };
  return table;
}

const Table<BuildSpec>& build_keys() {
  static const Table<BuildSpec> table{
      field("networks", &BuildSpec::networks, texts()),
      field("images", &BuildSpec::any_image, choice<bool>({{"listed", false}, {"any", true}})),
  };
  return table;
}

const Table<EnforceSpec>& enforce_keys() {
  static const Table<EnforceSpec> table{
      field("labels", &EnforceSpec::labels, labels()),
      field("no_new_privileges", &EnforceSpec::no_new_privileges, boolean()),
      field("drop_all_capabilities", &EnforceSpec::drop_all_capabilities, boolean()),
      field("read_only_rootfs", &EnforceSpec::read_only_rootfs, boolean()),
      field("memory", &EnforceSpec::memory, memory()),
      field("cpus", &EnforceSpec::nano_cpus, cpus()),
      field("pids", &EnforceSpec::pids, pids()),
      field("user", &EnforceSpec::user, text()),
      field("log_driver", &EnforceSpec::log_driver, log_driver()),
  };
  return table;
}

std::string advise_waiver(std::string_view key) {
  if (!acl::constraint_by_key(key)) return "";
  return "`waive: [" + std::string(key) + "]` lets clients ask for it";
}

const Table<ConstraintSpec>& constraint_keys() {
  using Spec = ConstraintSpec;
  static const Table<Spec> table{
      field("level", &Spec::level,
            choice<Level>({{"unconfined", Level::unconfined},
                           {"baseline", Level::baseline},
                           {"restricted", Level::restricted}})),
      field("docker_socket", &Spec::docker_socket,
            choice<bool>({{"refuse", false}, {"allow", true}})),
      field("unknown_fields", &Spec::unknown_fields,
            choice<UnknownFields>(
                {{"refuse", UnknownFields::refuse}, {"drop", UnknownFields::drop}})),
      field("client_habits", &Spec::client_habits,
            choice<Habits>({{"drop", Habits::drop}, {"keep", Habits::keep}})),
      field("binds", &Spec::binds, list_of(bind(), most_entries)),
      field("images", &Spec::images, texts()),
      field("require_digest", &Spec::require_digest, boolean()),
      field(
          "capabilities", &Spec::capabilities,
          under("add", list_of(capability(), most_entries), "the capabilities that may be added")),
      field("devices", &Spec::devices, list_of(device(), most_entries)),
      field("networks", &Spec::networks, texts()),
      field("subnets", &Spec::subnets, list_of(subnet(), most_entries)),
      field("container_namespaces", &Spec::container_namespaces, boolean()),
      field("volumes_from", &Spec::volumes_from, boolean()),
      field("numeric_user", &Spec::numeric_user, boolean()),
      field("runtimes", &Spec::runtimes, list_of(runtime(), most_entries)),
      field("ports", &Spec::port_addresses,
            under("addresses", list_of(ip_address(), most_entries),
                  "the host addresses that ports may be published on")),
      field("sysctls", &Spec::sysctls, texts()),
      field("log_drivers", &Spec::log_drivers, list_of(log_driver(), most_entries)),
      field("volume_drivers", &Spec::volume_drivers, texts()),
      field("network_drivers", &Spec::network_drivers, texts()),
      field("build", &Spec::build, map_of(build_keys())),
      field("image_import", &Spec::image_import, boolean()),
      field("images_write", &Spec::images_write, texts()),
      field("image_load", &Spec::image_load, boolean()),
      field("memory", &Spec::memory_max,
            under("max", memory(), "the most that a container may ask for")),
      field("cpus", &Spec::nano_cpus_max,
            under("max", cpus(), "the most that a container may ask for")),
      field("pids", &Spec::pids_max, under("max", pids(), "the most that a container may ask for")),
      field("tmpfs", &Spec::tmpfs_max,
            under("max", size<std::int64_t>(page, PiB), "the most that a tmpfs may be given")),
      field("ulimits", &Spec::ulimits_max, ulimits()),
      field("waive", &Spec::waive, texts()),
      field("enforce", &Spec::enforce, map_of(enforce_keys())),
  };
  return table;
}

}  // namespace config
