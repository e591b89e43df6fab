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

/// How far a profile's clients may use the engine against the host. README.md describes each level,
/// constraint by constraint.
enum class Level : std::uint8_t { unconfined, baseline, restricted };

using schema::Habits;
using schema::UnknownFields;

/// The part below its path that a rule opens. The engine resolves links there at every start, so
/// whoever can write there decides what is mounted.
enum class Below : std::uint8_t { unresolved };

/// A host path that may be mounted, without what is below it.
struct BindRule {
  std::string path;  ///< absolute and canonical; a component `*` matches any one component
  bool read_only = false;
  std::optional<Below> below = {};  ///< what else is opened below the path; absent: nothing
};

/// A device that containers may be given. It has one of three names.
struct DeviceRule {
  std::optional<std::string> path;  ///< on the host: "/dev/fuse"
  std::string permissions = "rwm";  ///< of a path: the most that may be asked for
  std::optional<std::string> gpu;   ///< an index or a UUID, or "all"
  std::optional<std::string> cdi;   ///< "vendor.com/gpu=0"
};

/// Values that a profile writes into bodies so that an unaware client gets a hardened container
/// instead of a refusal: defaults for missing values, limits for larger ones.
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

/// Limits for builds. tidegate does not read FROM lines, so a profile with `images` allows no
/// builds unless it accepts any image for them.
struct BuildSpec {
  std::optional<std::vector<std::string>> networks;  ///< `networkmode` values; absent: the level's
  bool any_image = false;                            ///< `images: any`

  bool operator==(const BuildSpec&) const = default;
};

/// The constraints of a profile as written: a level, and the keys that widen or narrow it. An
/// absent optional keeps the level's default.
struct ConstraintSpec {
  Level level = Level::baseline;
  bool docker_socket = false;  ///< `docker_socket: allow`: the engine's socket may be mounted
  UnknownFields unknown_fields = UnknownFields::refuse;
  Habits client_habits = Habits::drop;

  std::vector<BindRule> binds;                     ///< host paths that may be mounted; empty: none
  std::optional<std::vector<std::string>> images;  ///< globs over references; absent: any
  bool require_digest = false;
  std::optional<std::vector<std::string>>
      capabilities;  ///< capabilities that may be added; replaces the level's
  std::vector<DeviceRule> devices;
  std::optional<std::vector<std::string>> networks;  ///< networks that may be joined; absent: any
  std::vector<IpNetwork> subnets;     ///< subnets that networks may have, besides the level's
  bool container_namespaces = false;  ///< `container:X` as network, pid or ipc mode
  bool volumes_from = false;
  bool numeric_user = false;  ///< at `restricted`: a user name may be root in the image's passwd
  std::vector<std::string> runtimes;                       ///< allowed besides the engine's default
  std::optional<std::vector<std::string>> port_addresses;  ///< host addresses; absent: the level's
  std::optional<std::vector<std::string>> sysctls;         ///< replaces the safe set
  std::optional<std::vector<std::string>> log_drivers;     ///< replaces the level's
  std::optional<std::vector<std::string>> volume_drivers;  ///< replaces {local}
  std::optional<std::vector<std::string>> network_drivers;  ///< replaces the level's
  BuildSpec build;
  bool image_import = false;  ///< fromSrc and remote may be URLs
  /// Globs over names that tag, commit, import and build may give. Absent: any name without
  /// `images`, none with it.
  std::optional<std::vector<std::string>> images_write;
  bool image_load = false;                 ///< allows ImageLoad, whose archives may name any image
  std::optional<std::int64_t> tmpfs_max;   ///< bytes; if set, a tmpfs must have a size
  std::optional<std::int64_t> memory_max;  ///< bytes
  std::optional<std::int64_t> nano_cpus_max;  ///< 10^-9 CPUs
  std::optional<std::int64_t> pids_max;
  std::map<std::string, std::int64_t> ulimits_max;
  /// Constraints switched off by key: "security_opt.seccomp". Each must be spelled out;
  /// `docker_socket` cannot be waived.
  std::vector<std::string> waive;
  EnforceSpec enforce;
};

}  // namespace acl
