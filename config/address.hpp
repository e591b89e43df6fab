// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "acl/result.hpp"

namespace config {

/// Where something listens: unix:///path or tcp://host:port.
struct Address {
  enum class Kind : std::uint8_t { unix_socket, tcp };
  Kind kind = Kind::unix_socket;
  std::string path;        ///< of a unix socket
  std::string host;        ///< of a tcp address: a literal IPv4 or IPv6 address, without brackets
  std::uint16_t port = 0;  ///< of a tcp address

  /// As it is written in the configuration, canonically.
  std::string to_string() const;
};

/// Reads "unix:///run/x.sock", "tcp://127.0.0.1:2375" or "tcp://[::1]:2375". Host names are
/// refused: what a name resolves to is not for a filter's configuration to depend on ("localhost"
/// excepted).
/// \returns the address, or a sentence that says what is wrong and what would be right.
acl::Result<Address, std::string> parse_address(std::string_view text);

}  // namespace config
