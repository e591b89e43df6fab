// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "acl/constraint/check.hpp"
#include "acl/schema/schema.hpp"

/// The checks that tables name, and helpers that several of them share. Whatever requests can say
/// in several places has one check.
namespace acl::constraint {

// Checks for rules of fields. Each gets a value that is not zero.
/// A network that a container or service is to join, given by name, id or beginning of an id.
void check_joined(Context&, Lookup::Kind, const Place&, std::string_view network);
void check_attachments(Context&, json::Value networks);
void check_binds(Context&, json::Value list);
void check_block_devices(Context&, json::Value list);
void check_capabilities_added(Context&, json::Value list);
void check_cgroup_mode(Context&, json::Value mode);
void check_cpu_count(Context&, json::Value count);
void check_cpu_percent(Context&, json::Value percent);
void check_cpu_period(Context&, json::Value period);
void check_cpu_quota(Context&, json::Value quota);
void check_cpus(Context&, json::Value nano_cpus);
void check_device_requests(Context&, json::Value list);
void check_devices(Context&, json::Value list);
void check_endpoint_options(Context&, json::Value options);
void check_endpoints(Context&, json::Value by_network);
void check_env(Context&, json::Value list);
void check_exec_user(Context&, json::Value user);
void check_groups(Context&, json::Value list);
void check_ipc_mode(Context&, json::Value mode);
void check_labels(Context&, json::Value labels);
void check_log_driver(Context&, json::Value driver_with_options);
void check_masked_paths(Context&, json::Value list);
void check_memory(Context&, json::Value bytes);
void check_mounts(Context&, json::Value list);
void check_network_driver(Context&, json::Value driver);
void check_network_id(Context&, json::Value id);
void check_network_mode(Context&, json::Value mode);
void check_network_options(Context&, json::Value options);
void check_new_network_name(Context&, json::Value name);
void check_new_swarm_name(Context&, json::Value name);
void check_node_role(Context&, json::Value role);
void check_pid_mode(Context&, json::Value mode);
void check_pids(Context&, json::Value limit);
void check_plugin_privilege(Context&, json::Value values);
void check_port_bindings(Context&, json::Value map);
void check_publish_all(Context&, json::Value truth);
void check_published(Context&, json::Value ports_of_service);
void check_read_only_paths(Context&, json::Value list);
void check_runtime(Context&, json::Value runtime);
void check_security_opt(Context&, json::Value list);
void check_shared_memory(Context&, json::Value bytes);
void check_storage_options(Context&, json::Value options);
void check_subnets(Context&, json::Value pools);
void check_swap(Context&, json::Value memory_and_swap);
void check_sysctls(Context&, json::Value map);
void check_tmpfs(Context&, json::Value options_by_target);
void check_tmpfs_pairs(Context&, json::Value options);
void check_tmpfs_size(Context&, json::Value bytes);
void check_ulimits(Context&, json::Value list);
void check_volume_driver(Context&, json::Value driver);
void check_volume_options(Context&, json::Value options);
void check_volumes_from(Context&, json::Value list);
void check_working_dir(Context&, json::Value directory);

// Judge what the engine says.
void judge_cgroup_mode(Context&, const Lookup&, const Fact& engine);
void judge_network(Context&, const Lookup&, const Fact& network);
void judge_node(Context&, const Lookup&, const Fact& node);

// Checks of operations.
void check_checkpoint_dir(Context&);
void check_container_create(Context&);
void check_container_name(Context&);
void check_container_start(Context&);
void check_container_start_head(Context&);
void check_container_top(Context&);
void check_image_build(Context&);
void check_image_commit_head(Context&);
void check_image_create(Context&);
void check_image_load(Context&);
void check_image_push(Context&);
void check_image_target(Context&);
void check_network_connect(Context&);
void check_plugin_create(Context&);
void check_plugin_remote(Context&);
void check_plugin_set(Context&);
void check_service(Context&);
void check_service_rollback(Context&);
void check_swarm_join(Context&);

// Checks that require a field. \param object must have the field; absent: use Context::home
void require_user(Context&, json::Value object, schema::Field);
void require_capabilities_dropped(Context&, json::Value object, schema::Field);
void require_no_new_privileges(Context&, json::Value host_config);
/// `resources.*`: requires the limits that the level or the profile wants.
void require_limits(Context&, json::Value host_config);
void require_task_limits(Context&, json::Value resources);

/// `images`: whether `reference` is listed, and has a digest where one is required.
void check_image(Context&, const Place&, std::string_view reference);
/// The same for a name that an image is given: it must be in `images_write`.
void check_image_name(Context&, const Place&, std::string_view reference);
/// `names`: checks the name that an image is given.
void check_new_image_name(Context&, std::string_view path, std::string_view reference);
/// `env` and `labels`: checks one name.
/// \param is_name whether it is no more than a name: other text may hold the value as well
void check_env_name(Context&, const Place&, std::string_view name, bool is_name = true);
void check_label_key(Context&, const Place&, std::string_view key);
/// `changes`: checks the Dockerfile instructions of that parameter.
void check_changes(Context&);

/// `working_dir`: checks where a process starts. Behind a link in /proc a flaw of the runtime
/// exposed the host's directories (CVE-2024-21626).
bool is_plain_directory(std::string_view path);
inline constexpr std::string_view working_dir_wanted =
    "a directory outside of /proc and /dev/fd, or `waive: [working_dir]`";

/// The text that tells what `docker_socket` wants of a path.
inline constexpr std::string_view no_way_to_a_socket =
    "no way to a socket of an engine, of tidegate or of the host's services";

/// `tmpfs`: checks options in mount(8) syntax; `constraint` forbids all others.
void check_tmpfs_options(Context&, Constraint, json::Value where, std::string_view text);
/// Requires a size for a mount of type tmpfs if the profile sets a maximum.
void require_tmpfs_size(Context&, json::Value mount);

/// The largest memory that a container may have, and the key of `containers` that sets it.
struct Ceiling {
  std::optional<std::int64_t> most;
  std::string_view key;
  std::string_view opener;  ///< the key as written in front of a larger value
};
Ceiling memory_ceiling(const Context&);

/// Returns whether a ulimit may have this name.
bool is_ulimit_name(std::string_view name);
/// The maximum of a ulimit; nothing means no maximum. Real-time and raised priorities starve the
/// host, so they are refused unless the profile lists them.
std::optional<std::int64_t> most_of_ulimit(const ConstraintSpec&, std::string_view name);

/// A field is required only if the request's API version has it, since engines drop newer fields. A
/// request without a version uses the engine's newest, which is unknown here, so only fields that
/// every version has are required of it.
bool is_served(const Context&, schema::Field);

/// Returns whether swarm expands `text` in a service's mount, so that the result is unknown.
/// Waiving `templates` does not change that.
bool is_expanded(const Context&, std::string_view text);

/// The member `field` of `object`, or `other` if the object is of the other field's struct.
json::Value get_either(json::Value object, schema::Field field, schema::Field other);

}  // namespace acl::constraint
