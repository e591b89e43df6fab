// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "acl/ip_network.hpp"

/// The networks that this machine reaches directly or by a router. A container's network with one
/// of their addresses would take the host's own traffic to it.
namespace config {

/// Those of this process' network namespace: in a container they are the container's, not the
/// host's. None where /proc cannot be read.
std::vector<acl::IpNetwork> system_networks();

/// The networks in the kernel's tables, as /proc/net/route and /proc/net/ipv6_route show them:
/// neither default routes nor the loopback's, and not those to interfaces that the engine has made.
std::vector<acl::IpNetwork> networks_of(std::string_view route, std::string_view ipv6_route);

}  // namespace config
