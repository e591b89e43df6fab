// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "acl/ip_network.hpp"

/// The networks that this machine reaches directly or through a router. A container network with
/// the same addresses would capture the host's own traffic.
namespace config {

/// The networks of this process' network namespace: in a container that is the container's, not the
/// host's. Empty if /proc cannot be read.
std::vector<acl::IpNetwork> system_networks();

/// Parses the kernel's tables in the format of /proc/net/route and /proc/net/ipv6_route, without
/// default routes, the loopback's, and those to interfaces that the engine has made.
std::vector<acl::IpNetwork> networks_of(std::string_view route, std::string_view ipv6_route);

}  // namespace config
