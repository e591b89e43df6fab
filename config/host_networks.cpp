// SPDX-License-Identifier: Apache-2.0
#include "config/host_networks.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <ranges>
#include <sstream>
#include <string>

#include "acl/text/ascii.hpp"
#include "acl/text/numbers.hpp"

namespace config {
namespace {

// A host with the whole internet's table has routes to every subnet; these are enough to refuse it.
constexpr std::size_t most_routes = 100'000;
constexpr unsigned v4_in_v6 = 96;

/// Returns whether the engine made the interface: docker0, docker_gwbridge, br-0123456789ab,
/// veth0123456.
bool is_engines(std::string_view interface) {
  constexpr std::string_view bridge = "br-";
  const bool is_bridge = interface.starts_with(bridge) && interface.size() == bridge.size() + 12 &&
                         acl::has_only(interface.substr(bridge.size()), "0123456789abcdef");
  return is_bridge || interface == "docker0" || interface == "docker_gwbridge" ||
         interface.starts_with("veth");
}

/// Reads a number as the kernel prints it: a network's first byte is the lowest.
std::optional<acl::IpNetwork> read_v4(const std::string& network, const std::string& mask) {
  const auto first = acl::whole_number<std::uint32_t>(network, 16);
  const auto bits = acl::whole_number<std::uint32_t>(mask, 16);
  if (!first || !bits) return std::nullopt;
  acl::IpNetwork read = *acl::parse_network("0.0.0.0/0");
  const auto bytes = std::bit_cast<std::array<std::uint8_t, 4>>(*first);
  std::ranges::copy(bytes, read.first.bytes.begin() + 12);
  read.bits = v4_in_v6 + static_cast<unsigned>(std::popcount(*bits));
  return read;
}

std::optional<acl::IpNetwork> read_v6(std::string_view network, std::string_view bits) {
  acl::IpNetwork read;
  if (network.size() != 2 * read.first.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < read.first.bytes.size(); ++i) {
    const auto byte = acl::whole_number<std::uint8_t>(network.substr(2 * i, 2), 16);
    if (!byte) return std::nullopt;
    read.first.bytes[i] = *byte;
  }
  const auto length = acl::whole_number<std::uint8_t>(bits, 16);
  if (!length || *length > 128) return std::nullopt;
  read.bits = *length;
  return read;
}

std::vector<std::string> split_line(const std::string& line) {
  std::istringstream words(line);
  return {std::istream_iterator<std::string>(words), {}};
}

/// Adds the network if it is one of the host's. A default route, which covers everything, is not.
void add(const std::optional<acl::IpNetwork>& network, unsigned bits_of_all,
         const std::string& interface, std::vector<acl::IpNetwork>& to) {
  const bool is_hosts = interface != "lo" && !is_engines(interface);
  if (network && network->bits != bits_of_all && is_hosts) to.push_back(*network);
}

std::string text_of(const char* path) {
  std::ifstream file(path);
  std::string text, line;
  for (std::size_t lines = 0; lines < most_routes && std::getline(file, line); ++lines) {
    text += line + '\n';
  }
  return text;
}

}  // namespace

std::vector<acl::IpNetwork> networks_of(std::string_view route, std::string_view ipv6_route) {
  std::vector<acl::IpNetwork> networks;
  // Iface Destination Gateway Flags RefCnt Use Metric Mask …
  for (const auto line : std::views::split(route, '\n')) {
    const auto words = split_line({line.begin(), line.end()});
    if (words.size() > 7) add(read_v4(words[1], words[7]), v4_in_v6, words[0], networks);
  }
  // Destination, bits, source, bits, next hop, metric, counters and flags; then the interface.
  for (const auto line : std::views::split(ipv6_route, '\n')) {
    const auto words = split_line({line.begin(), line.end()});
    if (words.size() > 9) add(read_v6(words[0], words[1]), 0, words[9], networks);
  }
  return networks;
}

std::vector<acl::IpNetwork> system_networks() {
  return networks_of(text_of("/proc/net/route"), text_of("/proc/net/ipv6_route"));
}

}  // namespace config
