// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "acl/ip_network.hpp"

namespace acl {

/// A set of networks with fast look-ups: a host may have as many routes as the internet.
class IpRanges {
 public:
  IpRanges() = default;
  explicit IpRanges(std::vector<IpNetwork>);

  /// Returns whether one member contains all of `network`.
  bool hold(const IpNetwork& network) const;
  /// Returns whether one member shares an address with `network`.
  bool overlap(const IpNetwork& network) const;

 private:
  std::vector<IpNetwork> networks_;  ///< sorted; none contains another
};

}  // namespace acl
