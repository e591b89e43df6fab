// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acl/text/ip.hpp"

namespace acl {

/// A range of addresses that share a prefix.
struct IpNetwork {
  IpAddress first;    ///< the lowest address
  unsigned bits = 0;  ///< prefix length within the 128 bits of IpAddress: 120 for an IPv4 /24

  /// ::/0 contains all of IPv6 and no IPv4 address.
  bool holds(const IpAddress&) const;
  bool holds(const IpNetwork&) const;
  /// "10.0.0.0/8"
  std::string to_string() const;
};

/// Reads an address, or a network as "10.0.0.0/8". Keeps bits behind the prefix.
std::optional<IpNetwork> parse_network(std::string_view text);

/// Returns the network with the bits behind its prefix cleared.
IpNetwork lowest(IpNetwork);

}  // namespace acl
