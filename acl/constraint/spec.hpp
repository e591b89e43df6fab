// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "acl/ip_network.hpp"
#include "acl/schema/conform.hpp"

namespace acl {

/// How much of the engine a profile's clients may turn against the host. README.md says what each
/// level means, constraint by constraint.
enum class Level : std::uint8_t { unconfined, baseline, restricted };

using schema::Habits;
using schema::UnknownFields;

/// What a rule opens below its path. Links there are the engine's to resolve, at every start anew,
/// so whoever can write there decides what is mounted.
enum class Below : std::uint8_t { unresolved };

/// A host path that may be mounted: itself, and nothing below it.
struct BindRule {
  std::string path;  ///< absolute and canonical; a component may be `*`, which is any one
  bool read_only = false;
  std::optional<Below> below = {};  ///< what is below as well; absent: nothing
};

/// A device that may be given to containers.
struct DeviceRule {
  std::string path;                 ///< on the host: "/dev/fuse"
  std::string permissions = "rwm";  ///< at most these
};

/// What a profile writes into bodies so that an unaware client gets a hardened container instead of
/// a refusal: defaults where the client says nothing, floors where it asks for more.
struct EnforceSpec {
  std::map<std::string, std::string> labels;
  bool no_new_privileges = false;
  bool drop_all_capabilities = false;
  bool read_only_rootfs = false;
  std::optional<std::int64_t> memory;     ///< bytes
  std::optional<std::int64_t> nano_cpus;  ///< 10^-9 CPUs
  std::optional<std::int64_t> pids;
  std::optional<std::string> user;
  std::optional<std::string> log_driver;

  bool operator==(const EnforceSpec&) const = default;
};

/// What builds may use. FROM is not looked at, so where `images` lists what may run there are no
/// builds, unless somebody wrote that any image will do.
struct BuildSpec {
  std::optional<std::vector<std::string>> networks;  ///< `networkmode` values; absent: the level's
  bool any_image = false;                            ///< `images: any`

  bool operator==(const BuildSpec&) const = default;
};

/// The constraints of a profile as they were written: a level, and what widens or narrows it by
/// name. An absent optional leaves the level's own meaning.
struct ConstraintSpec {
  Level level = Level::baseline;
  bool docker_socket = false;  ///< `docker_socket: allow`: the engine's socket may be mounted
  UnknownFields unknown_fields = UnknownFields::refuse;
  Habits client_habits = Habits::drop;

  std::vector<BindRule> binds;                     ///< none listed, none allowed
  std::optional<std::vector<std::string>> images;  ///< globs over references; absent: any
  bool require_digest = false;
  std::optional<std::vector<std::string>>
      capabilities;  ///< that may be added; replaces the level's
  std::vector<DeviceRule> devices;
  std::optional<std::vector<std::string>> networks;  ///< names that may be joined; absent: any
  std::vector<IpNetwork> subnets;     ///< that networks may be made with, beside the level's
  bool container_namespaces = false;  ///< `container:X` as network, pid or ipc mode
  bool volumes_from = false;
  bool numeric_user = false;  ///< at `restricted`: a name may be root's in the image's passwd
  std::vector<std::string> runtimes;                        ///< beside the engine's default
  std::optional<std::vector<std::string>> port_addresses;   ///< host addresses; absent: the level's
  std::optional<std::vector<std::string>> sysctls;          ///< replaces the safe set
  std::optional<std::vector<std::string>> log_drivers;      ///< replaces the level's
  std::optional<std::vector<std::string>> volume_drivers;   ///< replaces {local}
  std::optional<std::vector<std::string>> network_drivers;  ///< replaces the level's
  BuildSpec build;
  bool image_import = false;  ///< fromSrc and remote may be URLs
  /// Globs over names that tag, commit, import and build may give; absent: any where `images` is
  /// absent too, none where it is not.
  std::optional<std::vector<std::string>> images_write;
  bool image_load = false;                    ///< ImageLoad, which may bring any name
  std::optional<std::int64_t> tmpfs_max;      ///< bytes; then a tmpfs must have a size
  std::optional<std::int64_t> memory_max;     ///< bytes
  std::optional<std::int64_t> nano_cpus_max;  ///< 10^-9 CPUs
  std::optional<std::int64_t> pids_max;
  std::map<std::string, std::int64_t> ulimits_max;
  /// Constraints switched off by their keys in constraints.inc: "security_opt.seccomp". Each must
  /// be written out; `docker_socket` cannot be one.
  std::vector<std::string> waive;
  EnforceSpec enforce;
};

}  // namespace acl
