// SPDX-License-Identifier: Apache-2.0
#include "acl/ip_ranges.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace acl {
namespace {

// Sorts IPv4 apart from IPv6, as in IpNetwork::holds. A larger network comes before those in it.
auto order(const IpNetwork& network) {
  return std::tuple(network.first.is_v4(), network.first.bytes, network.bits);
}

bool stands_before(const IpNetwork& a, const IpNetwork& b) {
  return order(a) < order(b);
}

}  // namespace

IpRanges::IpRanges(std::vector<IpNetwork> networks) {
  std::ranges::transform(networks, networks.begin(), lowest);
  std::ranges::sort(networks, stands_before);
  for (const IpNetwork& network : networks) {
    if (networks_.empty() || !networks_.back().holds(network)) networks_.push_back(network);
  }
}

// Networks are disjoint or nested: only the last one that begins at or before one can contain it.
bool IpRanges::hold(const IpNetwork& network) const {
  const auto behind = std::ranges::upper_bound(networks_, lowest(network), stands_before);
  return behind != networks_.begin() && std::prev(behind)->holds(network);
}

bool IpRanges::overlap(const IpNetwork& network) const {
  const auto next = std::ranges::lower_bound(networks_, lowest(network), stands_before);
  return hold(network) || (next != networks_.end() && lowest(network).holds(*next));
}

}  // namespace acl
