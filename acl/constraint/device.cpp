// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/device_name.hpp"
#include "acl/constraint/host_path.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

/// A device, by its path on the host or, from Engine 25 on, by its CDI name: "vendor.com/gpu=0".
const DeviceRule* rule_for(const ConstraintSpec& spec, std::string_view name) {
  const bool is_path = name.starts_with('/');
  const std::string wanted = is_path ? unclean_path(name) : std::string(name);
  const auto found = std::ranges::find_if(spec.devices, [&](const DeviceRule& rule) {
    return (is_path ? rule.path : rule.cdi) == wanted;
  });
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

/// A device that no rule lists, or more permissions than its rule gives.
void opened_by_rule(Told told, std::string_view name, std::string_view permissions) {
  constexpr std::string_view before = "containers.devices: [{path: ";
  const bool is_a_path =
      name.starts_with("/dev/") && name == canonical_path(name) && name.find('*') == name.npos;
  if (permissions.find_first_not_of("rwm") != permissions.npos) return;
  if (is_cdi_name(name)) return told.opened_by("containers.devices: [{cdi: ", name, "}]");
  if (!is_a_path) return;
  const std::string after =
      permissions == "rwm" ? "}]" : ", permissions: " + std::string(permissions) + "}]";
  if (is_a_disk(name))
    told.opened_in_the_last_resort_by(before, name, after);
  else
    told.opened_by(before, name, after);
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

/// Those with which the engine itself comes. Another driver gives ids and capabilities a meaning of
/// its own.
constexpr auto known_drivers = std::to_array<std::string_view>({"amd", "cdi", "nvidia"});
constexpr auto known_capabilities =
    std::to_array<std::string_view>({"amd", "cdi", "compat32", "compute", "display", "gpu",
                                     "graphics", "ngx", "nvidia", "utility", "video"});

/// Checks what decides about the kind of devices.
void check_kind(Context& context, json::Value request) {
  const json::Value driver = get(request, Field::DeviceRequest_Driver);
  if (!driver.is_zero() && !is_one_of(known_drivers, driver.text()))
    context.refuse(Constraint::devices, driver, "'amd', 'cdi', 'nvidia' or none");
  const json::Value options = get(request, Field::DeviceRequest_Options);
  if (!options.is_zero()) context.refuse(Constraint::devices, options, "no options");
  constexpr std::string_view wanted = "what GPUs can do, as 'gpu' or 'compute'";
  for (const json::Value set : get(request, Field::DeviceRequest_Capabilities)) {
    if (set.is_zero()) context.refuse(Constraint::devices, set, wanted);
    for (const json::Value word : set)
      if (!is_one_of(known_capabilities, word.text()))
        context.refuse(Constraint::devices, word, wanted);
  }
}

bool lists_gpu(const ConstraintSpec& spec, std::string_view name) {
  return std::ranges::any_of(spec.devices,
                             [name](const DeviceRule& rule) { return rule.gpu == name; });
}

/// A CDI device may bring mounts and hooks, so that no rule for GPUs lists one.
void check_id(Context& context, json::Value id, bool any_gpu) {
  const std::string_view name = id.text();
  const bool gpu = is_gpu_name(name);
  if (gpu ? any_gpu || lists_gpu(context.spec(), name) : rule_for(context.spec(), name) != nullptr)
    return;
  auto told = context.refuse(Constraint::devices, id, "a listed device");
  if (gpu) told.opened_by("containers.devices: [{gpu: ", name, "}]");
  if (is_cdi_name(name)) told.opened_by("containers.devices: [{cdi: ", name, "}]");
}

/// A request names devices by their ids, or asks for a number of GPUs.
void check_device_request(Context& context, json::Value request) {
  check_kind(context, request);
  const bool any_gpu = lists_gpu(context.spec(), "all");
  const json::Value count = get(request, Field::DeviceRequest_Count);
  const json::Value ids = get(request, Field::DeviceRequest_DeviceIDs);
  if (!any_gpu && (ids.is_zero() || !count.is_zero()))
    context.refuse(Constraint::devices, count.exists() ? count : request, "listed devices, by id")
        .opened_by("containers.devices: [{gpu: all}]");
  for (const json::Value id : ids) check_id(context, id, any_gpu);
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
  for (const json::Value request : list) check_device_request(context, request);
}

}  // namespace acl::constraint
