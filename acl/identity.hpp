// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace acl {

/// The process at the other end of a unix socket, from SO_PEERCRED at connect time.
/// The pid is for the record only: it may have been reused since.
struct UnixPeer {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::int32_t pid = 0;
};

/// Who is asking, as the listener proves it. Plain data.
struct Identity {
  std::size_t listener = 0;   ///< index of the listener in the configuration
  std::string listener_name;  ///< its address as configured, for people
  std::optional<UnixPeer> unix_peer;
  std::string address;  ///< the remote address, "192.0.2.1"; empty on unix sockets
};

}  // namespace acl
