// SPDX-License-Identifier: Apache-2.0
// The checks that cover each operation that can do harm.
#include <algorithm>
#include <array>
#include <utility>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/rules.hpp"
#include "acl/operation_table.hpp"

namespace acl::constraint {
namespace {
namespace listed {

using enum Constraint;
using enum Operation;

/// Checks query parameters and names in the path, before the body is read.
consteval Cover head(Checker check, std::same_as<Constraint> auto... names) {
  return {.head = check, .named = Named(names...)};
}
/// Checks the body, in addition to the rules of its fields.
consteval Cover body(Checker check, std::same_as<Constraint> auto... names) {
  return {.body = check, .named = Named(names...)};
}
/// The rules of the body's fields suffice.
consteval Cover fields(std::same_as<Constraint> auto... names) {
  return {.named = Named(names...)};
}
consteval Cover both(Checker head, Checker body, std::same_as<Constraint> auto... names) {
  return {.head = head, .body = body, .named = Named(names...)};
}
consteval Cover first_bytes(Constraint constraint) {
  return {.first_bytes = true, .named = Named(constraint)};
}
consteval Cover harmless(std::string_view why) {
  return {.harmless = why};
}

constexpr std::pair<Operation, Cover> rows[] = {
    {ContainerCreate, both(check_container_name, check_container_create, names, images, networks,
                           user, capabilities_drop, no_new_privileges, read_only_rootfs,
                           namespaces_ipc, memory, cpus, pids)},
    {ContainerExec, fields(privileged, user, env, working_dir)},
    {ContainerRename, head(check_container_name, names)},
    {ContainerStart,
     both(check_container_start_head, check_container_start, checkpoint, start_body)},
    {ContainerTop, head(check_container_top, ps_args)},
    {ContainerUpdate, fields(devices, memory, cpus, pids, oom, ulimits, cgroup_parent)},
    {PutContainerArchive, first_bytes(archive)},
    {CheckpointCreate, fields(checkpoint)},
    {CheckpointDelete, head(check_checkpoint_dir, checkpoint)},
    {CheckpointList, head(check_checkpoint_dir, checkpoint)},

    {ImageBuild,
     head(check_image_build, build, images, image_import, names, labels, memory, ulimits)},
    {ImageCommit, head(check_image_commit_head, images, names, changes, labels, env, working_dir)},
    {ImageCreate, head(check_image_create, images, image_import, names, changes)},
    {ImageLoad, head(check_image_load, images, image_import)},
    {ImagePush, head(check_image_push, images)},
    {ImageTag, head(check_image_target, images, names)},

    {NetworkCreate, fields(networks, subnets, names, labels)},
    {NetworkConnect, head(check_network_connect, namespaces_network, networks)},
    {VolumeCreate, fields(volumes, docker_socket, tmpfs, labels)},
    {VolumeUpdate, fields(volumes)},

    {PluginCreate, head(check_plugin_create, plugins)},
    {PluginPull, head(check_plugin_remote, images, plugins, docker_socket)},
    {PluginPush, head(check_image_push, images)},
    {PluginSet, body(check_plugin_set, plugins, docker_socket)},
    {PluginUpgrade, head(check_plugin_remote, images, plugins, docker_socket)},

    {ServiceCreate, body(check_service, images, user, capabilities_drop, no_new_privileges,
                         read_only_rootfs, memory, cpus, pids)},
    {ServiceUpdate,
     both(check_service_rollback, check_service, services, images, user, capabilities_drop,
          no_new_privileges, read_only_rootfs, memory, cpus, pids)},
    {ConfigCreate, fields(configs, names, labels)},
    {ConfigUpdate, fields(configs, names, labels)},
    {SecretCreate, fields(secrets, names, labels)},
    {SecretUpdate, fields(secrets, names, labels)},
    {NodeUpdate, fields(nodes, names, labels)},
    {SwarmInit, fields(swarm, log_driver, names, labels)},
    {SwarmJoin, head(check_swarm_join, swarm)},
    {SwarmUpdate, fields(swarm, log_driver, names, labels)},

    // What these do to a container was decided when it was created, by whomever.
    {ContainerAttach, harmless("talks to a running process")},
    {ContainerAttachWebsocket, harmless("talks to a running process")},
    {ContainerKill, harmless("a signal to a container")},
    {ContainerPause, harmless("pauses a container")},
    {ContainerResize, harmless("the size of a terminal")},
    {ContainerRestart, harmless("runs what the container was made for")},
    {ContainerStop, harmless("stops a container")},
    {ContainerUnpause, harmless("resumes a container")},
    {ExecResize, harmless("the size of a terminal")},
    {ExecStart, harmless("runs what ContainerExec was asked for")},
    {BuildCancel, harmless("stops a build")},
    {NetworkDisconnect, harmless("takes a container out of a network")},

    // A profile allows these by an explicit entry, and their requests add nothing.
    {NodeDelete, harmless("takes a node out of the cluster")},
    {PluginDelete, harmless("removes a plugin")},
    {PluginDisable, harmless("stops a plugin")},
    {PluginEnable, harmless("starts a plugin that a client was allowed to install")},
    {SwarmLeave, harmless("takes this node out of the cluster")},
    {SwarmUnlock, harmless("the engine compares the key")},
};

}  // namespace listed

consteval auto by_operation() {
  std::array<Cover, operation_count + 1> covers;  // plus one for `unknown`
  for (const auto& [operation, cover] : listed::rows)
    covers[static_cast<std::size_t>(operation)] = cover;
  return covers;
}

constexpr auto covers = by_operation();

consteval bool is_covered(Operation operation) {
  const bool has_row =
      std::ranges::count(listed::rows, operation, &std::pair<Operation, Cover>::first) == 1;
  return has_row || !needs_cover(operation_table[static_cast<std::size_t>(operation)]);
}

#define OPERATION(id, ...)                                      \
  static_assert(is_covered(Operation::id), #id                  \
                " writes, runs code or administers: give it a " \
                "row that names its check, or says why it is "  \
                "harmless");
#include "acl/operations.inc"
#undef OPERATION

}  // namespace

const Cover& cover_of(Operation operation) {
  return covers[static_cast<std::size_t>(operation)];
}

Checker head_checker(Operation operation) {
  return cover_of(operation).head;
}

Checker body_checker(Operation operation) {
  return cover_of(operation).body;
}

bool checks_first_bytes(Operation operation) {
  return cover_of(operation).first_bytes;
}

}  // namespace acl::constraint
