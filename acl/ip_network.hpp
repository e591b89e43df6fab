// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace acl {

/// An IPv4 or IPv6 address. IPv4 is kept as IPv6 maps it (RFC 4291 section 2.5.5.2), so a client
/// that a dual-stack socket shows as ::ffff:192.0.2.1 is 192.0.2.1.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  bool is_v4() const;
  /// "192.0.2.1", "2001:db8::1" (RFC 5952).
  std::string to_string() const;
  bool operator==(const IpAddress&) const = default;
};

/// Reads a literal address, in the spellings that inet_pton takes.
std::optional<IpAddress> parse_ip(std::string_view text);

/// All addresses with the same first bits.
struct IpNetwork {
  IpAddress first;    ///< the lowest of them
  unsigned bits = 0;  ///< of the 128 of IpAddress that are the same: 120 of an IPv4 /24

  /// ::/0 is all of IPv6, and nothing of IPv4.
  bool holds(const IpAddress&) const;
  bool holds(const IpNetwork&) const;
  /// "10.0.0.0/8"
  std::string to_string() const;
};

/// Reads an address, or a network as "10.0.0.0/8". Bits behind the prefix are kept: lowest() is
/// without them.
std::optional<IpNetwork> parse_network(std::string_view text);

/// The network without bits that are set behind its prefix.
IpNetwork lowest(IpNetwork);

}  // namespace acl
