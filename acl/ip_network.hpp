// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acl/text/ip.hpp"

namespace acl {

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
