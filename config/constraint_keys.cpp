// SPDX-License-Identifier: Apache-2.0
#include "config/constraint_keys.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/types.hpp"

namespace config {
namespace {

using acl::BindRule;
using acl::ConstraintSpec;
using acl::DeviceRule;
using acl::EnforceSpec;
using acl::Level;
using acl::UnknownFields;

constexpr std::size_t most_entries = 256;
constexpr std::size_t GiB = 1024 * 1024 * 1024;

/// A word that stands for a value.
template <class T>
Type<T> choice(const std::vector<std::pair<std::string, T>>& words) {
  std::string range;
  std::vector<std::string_view> valid;
  for (const auto& [word, value] : words) range += (range.empty() ? "" : ", ") + word;
  const auto read = [words](const Place& place, T& to, Report& report) {
    if (!expect(place, YamlNode::Kind::scalar, report)) return false;
    std::vector<std::string_view> names;
    for (const auto& [word, value] : words) {
      if (word == place.node.text) {
        to = value;
        return true;
      }
      names.emplace_back(word);
    }
    place.mistake(report, "unknown value " + acl::quoted(place.node.text),
                  suggest(place.node.text, names));
    return false;
  };
  const auto print = [words](const T& from) {
    for (const auto& [word, value] : words) {
      if (value == from) return word;
    }
    return std::string();
  };
  return {read, print, range};
}

/// A count or a size as the engine's own int64.
Type<std::int64_t> as_int64(const Type<std::size_t>& type) {
  const auto read = [type](const Place& place, std::int64_t& to, Report& report) {
    std::size_t value = 0;
    if (!type.read(place, value, report)) return false;
    to = static_cast<std::int64_t>(value);
    return true;
  };
  const auto print = [type](const std::int64_t& from) {
    return type.print(static_cast<std::size_t>(from));
  };
  return {read, print, type.range};
}

Type<std::int64_t> memory() {
  return as_int64(size(6 * 1024 * 1024, 1024 * 1024 * GiB));  // the engine's own least
}

Type<std::int64_t> number_up_to(std::size_t most) {
  return as_int64(count(1, most));
}

/// CPUs as `docker run --cpus` takes them, "1.5", in the engine's 10^-9 CPUs.
Type<std::int64_t> cpus() {
  const auto read = [](const Place& place, std::int64_t& to, Report& report) {
    if (!expect(place, YamlNode::Kind::scalar, report)) return false;
    const std::string& text = place.node.text;
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    const bool is_number = parsed.ec == std::errc{} && parsed.ptr == end;
    if (!is_number || !(value >= 0.001 && value <= 4096)) {
      place.mistake(report,
                    acl::quoted(text) + " is no number of CPUs; write 0.001 to 4096, as 1.5");
      return false;
    }
    to = std::llround(value * 1e9);
    return true;
  };
  const auto print = [](const std::int64_t& from) {
    return std::to_string(static_cast<double>(from) / 1e9);
  };
  return {read, print, "0.001 to 4096"};
}

/// A map of one's own words to values.
template <class T>
Type<std::map<std::string, T>> named(const Type<T>& type) {
  const auto read = [type](const Place& place, std::map<std::string, T>& to, Report& report) {
    if (!expect(place, YamlNode::Kind::map, report)) return false;
    if (place.node.entries.size() > most_entries) {
      place.mistake(report, "has more than " + std::to_string(most_entries) + " entries");
      return false;
    }
    for (const auto& [name, node] : place.node.entries) {
      type.read({node, join(place.where, name)}, to[name], report);
    }
    return true;
  };
  return {read, [](const auto&) { return std::string(); }, "a map"};
}

/// `memory: {max: 4g}`: a value that needs a word more to be understood.
template <class T>
Type<T> under(std::string_view name, const Type<T>& type, std::string_view why) {
  struct Holder {
    T value{};
  };
  const Table<Holder> table{required(name, &Holder::value, type, why)};
  const auto read = [table](const Place& place, T& to, Report& report) {
    Holder holder;
    if (!read_map(place, table, holder, report)) return false;
    to = std::move(holder.value);
    return true;
  };
  return {read, [](const T&) { return std::string(); },
          "`{" + std::string(name) + ": " + type.range + "}`"};
}

Type<std::vector<std::string>> texts() {
  return list_of(text(), most_entries);
}

}  // namespace

const Table<BindRule>& bind_keys() {
  static const Table<BindRule> table{
      required("path", &BindRule::path, text(), "the host directory that may be mounted"),
      field("read_only", &BindRule::read_only, boolean()),
  };
  return table;
}

const Table<DeviceRule>& device_keys() {
  static const Table<DeviceRule> table{
      required("path", &DeviceRule::path, text(), "the device on the host, as /dev/fuse"),
      field("permissions", &DeviceRule::permissions,
            one_of({"r", "w", "m", "rw", "rm", "wm", "rwm"})),
  };
  return table;
}

const Table<EnforceSpec>& enforce_keys() {
  static const Table<EnforceSpec> table{
      field("labels", &EnforceSpec::labels, named(text())),
      field("no_new_privileges", &EnforceSpec::no_new_privileges, boolean()),
      field("drop_all_capabilities", &EnforceSpec::drop_all_capabilities, boolean()),
      field("read_only_rootfs", &EnforceSpec::read_only_rootfs, boolean()),
      field("memory", &EnforceSpec::memory, memory()),
      field("cpus", &EnforceSpec::nano_cpus, cpus()),
      field("pids", &EnforceSpec::pids, number_up_to(1'000'000)),
      field("user", &EnforceSpec::user, text()),
      field("log_driver", &EnforceSpec::log_driver, text()),
  };
  return table;
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
      field("binds", &Spec::binds, list_of(map_of(bind_keys()), most_entries)),
      field("images", &Spec::images, texts()),
      field("require_digest", &Spec::require_digest, boolean()),
      field("capabilities", &Spec::capabilities,
            under("add", texts(), "the capabilities that may be added")),
      field("devices", &Spec::devices, list_of(map_of(device_keys()), most_entries)),
      field("networks", &Spec::networks, texts()),
      field("container_namespaces", &Spec::container_namespaces, boolean()),
      field("volumes_from", &Spec::volumes_from, boolean()),
      field("numeric_user", &Spec::numeric_user, boolean()),
      field("runtimes", &Spec::runtimes, texts()),
      field("ports", &Spec::port_addresses,
            under("addresses", texts(), "the host addresses that ports may be published on")),
      field("sysctls", &Spec::sysctls, texts()),
      field("log_drivers", &Spec::log_drivers, texts()),
      field("volume_drivers", &Spec::volume_drivers, texts()),
      field("network_drivers", &Spec::network_drivers, texts()),
      field("build", &Spec::build_networks,
            under("networks", texts(), "the networks that builds may use")),
      field("image_import", &Spec::image_import, boolean()),
      field("memory", &Spec::memory_max,
            under("max", memory(), "the most that a container may ask for")),
      field("cpus", &Spec::nano_cpus_max,
            under("max", cpus(), "the most that a container may ask for")),
      field("pids", &Spec::pids_max,
            under("max", number_up_to(1'000'000), "the most that a container may ask for")),
      field("ulimits", &Spec::ulimits_max, named(number_up_to(1'000'000'000))),
      field("waive", &Spec::waive, texts()),
      field("enforce", &Spec::enforce, map_of(enforce_keys())),
  };
  return table;
}

}  // namespace config
