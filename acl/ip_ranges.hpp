// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "acl/ip_network.hpp"

namespace acl {

/// Networks to compare another one with, in a time that hardly grows with their number: a host may
/// have as many routes as the internet.
class IpRanges {
 public:
  IpRanges() = default;
  explicit IpRanges(std::vector<IpNetwork>);

  /// Whether one of them holds the whole of `network`.
  bool hold(const IpNetwork& network) const;
  /// Whether one of them has an address in common with `network`.
  bool overlap(const IpNetwork& network) const;

 private:
  std::vector<IpNetwork> networks_;  ///< sorted; none lies in another one
};

}  // namespace acl
