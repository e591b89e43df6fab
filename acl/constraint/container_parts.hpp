// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "acl/constraint/check.hpp"
#include "acl/schema/schema.hpp"

/// What ContainerCreate, ContainerUpdate, ContainerExec and services say about containers: each
/// thing has one check, wherever it is said.
namespace acl::constraint {

/// Refuses `value` unless it is Go's zero value.
void want_zero(Context&, Constraint, json::Value value, std::string_view wanted);
/// Refuses a boolean that is true.
void want_false(Context&, Constraint, json::Value value);

/// A field that must hold something counts only where the request's API version has it: engines
/// drop what is newer. No version means the engine's newest, which nobody here knows, so only the
/// fields that every version has count then.
bool is_served(const Context&, schema::Field field);

// security.cpp
void check_capabilities_added(Context&, json::Value list);
/// \param object the one that holds the list, \param field the list's
void check_capabilities_dropped(Context&, json::Value object, schema::Field field);
void check_security_opt(Context&, json::Value host_config);
void check_system_paths(Context&, json::Value host_config);

// namespaces.cpp
void check_namespaces(Context&, json::Value host_config);

// mount.cpp
void check_binds(Context&, json::Value list);
void check_mounts(Context&, json::Value list);
void check_volumes_from(Context&, json::Value list);

// tmpfs.cpp
/// HostConfig.Tmpfs: options by target.
void check_tmpfs(Context&, json::Value map);
/// TmpfsOptions of a mount, whatever its type.
void check_tmpfs_mount(Context&, json::Value mount);

// template.cpp
/// `templates`: what swarm expands in a service.
void check_templates(Context&, json::Value service);

// resource.cpp
/// Of ContainerCreate, where what is not set has no limit.
void check_resources(Context&, json::Value host_config);
/// The most memory that a container may have, and the key of `containers` that says so.
struct Ceiling {
  std::optional<std::int64_t> most;
  std::string_view key;
};
Ceiling memory_ceiling(const Context&);
/// Of ContainerUpdate, where what is not set stays as it is.
void check_resources_changed(Context&, json::Value body);
/// Of a service: Limits of TaskTemplate.Resources.
void check_task_resources(Context&, json::Value resources);
/// The name of a ulimit as a profile's maxima have it.
std::string ulimit_name(std::string_view name);
/// Whether a ulimit may be called so.
bool is_ulimit_name(std::string_view name);
/// The most of a ulimit; nothing where it has no end. Real-time and raised priorities starve the
/// host, so there are none unless the profile lists them.
std::optional<std::int64_t> most_of_ulimit(const ConstraintSpec&, std::string_view name);
/// What a refusal says is wanted.
std::string ulimit_wanted(std::string_view name, std::int64_t most);
void check_ulimits(Context&, json::Value list);
void check_oom_score(Context&, json::Value score);

// device.cpp
void check_devices(Context&, json::Value host_config);

// settings.cpp
/// Of a container, which has to name a user at `restricted`.
void check_user(Context&, json::Value object, schema::Field field);
/// Of an exec, which runs as the container's user unless it says otherwise.
void check_exec_user(Context&, json::Value user);
void check_groups(Context&, json::Value list);
void check_sysctls(Context&, json::Value map);
void check_ports(Context&, json::Value host_config);
void check_runtime(Context&, json::Value runtime);

}  // namespace acl::constraint
