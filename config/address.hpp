// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "acl/result.hpp"

namespace config {

/// An address to listen on or connect to: unix:///path or tcp://host:port.
struct Address {
  enum class Kind : std::uint8_t { unix_socket, tcp };
  Kind kind = Kind::unix_socket;
  std::string path;  ///< for a unix socket
  /// For tcp: a literal IPv4 or IPv6 address without brackets. For an upstream it may be a host
  /// name in lower case.
  std::string host;
  std::uint16_t port = 0;  ///< for tcp

  /// The address as the configuration spells it, canonically.
  std::string to_string() const;
  /// Returns whether it is unset.
  bool empty() const { return path.empty() && host.empty(); }
};

/// Reads an address to listen on: "unix:///run/x.sock", "tcp://127.0.0.1:2375" or
/// "tcp://[::1]:2375". Host names other than "localhost" are refused: a filter's configuration must
/// not depend on what a name resolves to.
/// \returns the address, or a sentence that says what is wrong and what would be right
acl::Result<Address, std::string> parse_address(std::string_view text);

/// Reads the engine's address, where host names are allowed, since containers know each other by
/// name: tcp://engine:2375.
acl::Result<Address, std::string> parse_upstream(std::string_view text);

/// Reads a host name (RFC 1123: letters, digits, '-' and '.', at most 253 bytes) or a literal
/// address without brackets.
/// \returns it in canonical spelling; nothing where it is neither
std::optional<std::string> parse_host_name(std::string_view text);

}  // namespace config
