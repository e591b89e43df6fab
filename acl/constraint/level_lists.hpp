// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "acl/constraint/spec.hpp"

/// What a level lets pass where a profile has no list of its own.
namespace acl::constraint {

// The capabilities that the engine gives every container that does not drop them (moby
// oci/caps/defaults.go).
inline constexpr auto default_set = std::to_array<std::string_view>(
    {"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
     "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"});
inline constexpr auto hardened_set = std::to_array<std::string_view>({"NET_BIND_SERVICE"});

// Kubernetes' safe sysctls: they are namespaced and cannot starve a neighbour.
inline constexpr auto safe_sysctls = std::to_array<std::string_view>(
    {"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports",
     "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout",
     "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time",
     "net.ipv4.tcp_syncookies"});

inline constexpr auto loopback = std::to_array<std::string_view>({"127.0.0.1", "::1"});

inline constexpr auto level_drivers =
    std::to_array<std::string_view>({"json-file", "local", "journald", "none"});

inline constexpr auto network_drivers_of_level =
    std::to_array<std::string_view>({"bridge", "overlay", "none", "null", "default"});

inline constexpr auto level_networks = std::to_array<std::string_view>({"default", "none"});

inline constexpr auto level_volume_drivers = std::to_array<std::string_view>({"local"});

/// The entries that a profile must repeat when it begins a list of its own.
struct LevelList {
  std::string_view key;  ///< of `containers`: "sysctls", "capabilities.add"
  std::span<const std::string_view> entries;
};

constexpr std::array<LevelList, 7> level_lists(Level level) {
  using Entries = std::span<const std::string_view>;
  const bool restricted = level == Level::restricted;
  return {{
      {"build.networks", level_networks},
      {"capabilities.add", restricted ? Entries(hardened_set) : Entries(default_set)},
      {"log_drivers", level_drivers},
      {"network_drivers", network_drivers_of_level},
      {"ports.addresses", restricted ? Entries(loopback) : Entries()},
      {"sysctls", safe_sysctls},
      {"volume_drivers", level_volume_drivers},
  }};
}

}  // namespace acl::constraint
