// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/host_path.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

/// A device, by its path on the host or, from Engine 25 on, by its CDI name: "vendor.com/gpu=0".
const DeviceRule* rule_for(const ConstraintSpec& spec, std::string_view name) {
  const std::string wanted = name.starts_with('/') ? unclean_path(name) : std::string(name);
  const auto found = std::find_if(spec.devices.begin(), spec.devices.end(),
                                  [&](const DeviceRule& rule) { return rule.path == wanted; });
  return found == spec.devices.end() ? nullptr : &*found;
}

/// Returns whether a device is the host: one of its disks, or its memory.
bool is_a_disk(std::string_view path) {
  constexpr auto disks_and_memory = std::to_array<std::string_view>(
      {"/dev/dm", "/dev/disk", "/dev/hd", "/dev/kmem", "/dev/loop", "/dev/mapper", "/dev/md",
       "/dev/mem", "/dev/mmcblk", "/dev/nvme", "/dev/port", "/dev/sd", "/dev/sg", "/dev/vd",
       "/dev/xvd", "/dev/zvol"});
  return std::ranges::any_of(disks_and_memory,
                             [path](std::string_view each) { return path.starts_with(each); });
}

/// A path that no rule lists, or more permissions than its rule gives.
void opened_by_rule(Told told, std::string_view path, std::string_view permissions) {
  constexpr std::string_view before = "containers.devices: [{path: ";
  const bool is_a_device =
      path.starts_with("/dev/") && path == canonical_path(path) && path.find('*') == path.npos;
  if (!is_a_device || permissions.find_first_not_of("rwm") != permissions.npos) return;
  const std::string after =
      permissions == "rwm" ? "}]" : ", permissions: " + std::string(permissions) + "}]";
  if (is_a_disk(path))
    told.opened_in_the_last_resort_by(before, path, after);
  else
    told.opened_by(before, path, after);
}

void check_device(Context& context, json::Value device) {
  const json::Value path = get(device, Field::DeviceMapping_PathOnHost);
  const DeviceRule* rule = rule_for(context.spec(), path.text());
  const json::Value permissions = get(device, Field::DeviceMapping_CgroupPermissions);
  const std::string_view asked = permissions.text().empty() ? "rwm" : permissions.text();
  if (rule == nullptr) {
    const auto told =
        context.refuse(Constraint::devices, path.exists() ? path : device, "a listed device");
    opened_by_rule(told, path.text(), asked);
  } else if (asked.find_first_not_of(rule->permissions) != asked.npos) {
    const auto told =
        context.refuse(Constraint::devices, permissions.exists() ? permissions : device,
                       "at most '" + rule->permissions + "'");
    opened_by_rule(told, path.text(), asked);
  }
}

/// The driver that provides the devices; by default any that has the capabilities. Another driver
/// gives options and ids its own meaning, so it must be listed like a device.
bool is_known_driver(const ConstraintSpec& spec, std::string_view driver) {
  return driver.empty() || driver == "nvidia" || driver == "cdi" ||
         rule_for(spec, driver) != nullptr;
}

/// A CDI device ("vendor.com/gpu=0") may bring mounts and hooks: a listed capability does not allow
/// it.
bool is_cdi(std::string_view driver, std::string_view id) {
  return driver == "cdi" || id.find('=') != id.npos;
}

/// A request names devices by id, or by capabilities ("gpu"): each must be listed like a device.
bool is_listed(const ConstraintSpec& spec, json::Value request) {
  const json::Value ids = get(request, Field::DeviceRequest_DeviceIDs);
  const json::Value sets = get(request, Field::DeviceRequest_Capabilities);
  const std::string_view driver = get(request, Field::DeviceRequest_Driver).text();
  bool listed = !(ids.is_zero() && sets.is_zero()) && is_known_driver(spec, driver) &&
                get(request, Field::DeviceRequest_Options).is_zero();
  for (const json::Value id : ids) {
    const bool by_capability = !sets.is_zero() && !is_cdi(driver, id.text());
    listed = listed && (by_capability || rule_for(spec, id.text()) != nullptr);
  }
  for (const json::Value set : sets) {
    listed = listed && !set.is_zero();
    for (const json::Value word : set) listed = listed && rule_for(spec, word.text()) != nullptr;
  }
  return listed;
}

}  // namespace

/// The engine checks that the path exists, so its answer would reveal which files the host has.
void check_block_devices(Context& context, json::Value list) {
  for (const json::Value device : list) {
    const json::Value path =
        get_either(device, Field::ThrottleDevice_Path, Field::WeightDevice_Path);
    if (is_at_or_below(unclean_path(path.text()), "/dev")) continue;
    context.refuse(Constraint::devices, path.exists() ? path : device,
                   "a path in /dev without '..', or `waive: [devices]`");
  }
}

void check_devices(Context& context, json::Value list) {
  for (const json::Value device : list) check_device(context, device);
}

void check_device_requests(Context& context, json::Value list) {
  for (const json::Value request : list) {
    if (is_listed(context.spec(), request)) continue;
    context.refuse(Constraint::devices, request, "a listed device");
  }
}

}  // namespace acl::constraint
