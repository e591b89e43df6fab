// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "acl/result.hpp"

namespace config {

/// Where something listens: unix:///path or tcp://host:port.
struct Address {
  enum class Kind : std::uint8_t { unix_socket, tcp };
  Kind kind = Kind::unix_socket;
  std::string path;  ///< of a unix socket
  /// Of a tcp address: a literal IPv4 or IPv6 address, without brackets. Of an upstream it may be a
  /// host name, in lower case.
  std::string host;
  std::uint16_t port = 0;  ///< of a tcp address

  /// As it is written in the configuration, canonically.
  std::string to_string() const;
  /// Whether it names nothing, as before it is read.
  bool empty() const { return path.empty() && host.empty(); }
};

/// Reads "unix:///run/x.sock", "tcp://127.0.0.1:2375" or "tcp://[::1]:2375", where something
/// listens. Host names are refused: what a name resolves to is not for a filter's configuration to
/// depend on ("localhost" excepted).
/// \returns the address, or a sentence that says what is wrong and what would be right.
acl::Result<Address, std::string> parse_address(std::string_view text);

/// The same for where the engine is: tcp://engine:2375 as well, as containers know each other by
/// name.
acl::Result<Address, std::string> parse_upstream(std::string_view text);

/// Reads a host name (RFC 1123: letters, digits, '-' and '.', at most 253 of them) or a literal
/// address, without brackets.
/// \returns it in its canonical spelling; nothing where it is neither.
std::optional<std::string> parse_host_name(std::string_view text);

}  // namespace config
