// SPDX-License-Identifier: Apache-2.0
#include "config/host_networks.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <optional>
#include <ranges>
#include <sstream>
#include <string>

#include "acl/text/ascii.hpp"
#include "acl/text/numbers.hpp"

namespace config {
namespace {

// A host with a table of the whole internet has routes to every subnet; these are enough to say so.
constexpr std::size_t most_routes = 100'000;
constexpr unsigned v4_in_v6 = 96;

/// docker0, docker_gwbridge, br-0123456789ab, veth0123456.
bool is_engines(std::string_view interface) {
  constexpr std::string_view bridge = "br-";
  const bool is_bridge = interface.starts_with(bridge) && interface.size() == bridge.size() + 12 &&
                         acl::has_only(interface.substr(bridge.size()), "0123456789abcdef");
  return is_bridge || interface == "docker0" || interface == "docker_gwbridge" ||
         interface.starts_with("veth");
}

template <class Number>
std::optional<Number> hex(std::string_view text) {
  return acl::whole_number<Number>(text, 16);
}

/// Each number as the kernel holds it, the first byte of the network lowest on this machine.
std::optional<acl::IpNetwork> read_v4(const std::string& network, const std::string& mask) {
  const auto first = hex<std::uint32_t>(network), bits = hex<std::uint32_t>(mask);
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
    const auto byte = hex<std::uint8_t>(network.substr(2 * i, 2));
    if (!byte) return std::nullopt;
    read.first.bytes[i] = *byte;
  }
  const auto length = hex<std::uint8_t>(bits);
  if (!length || *length > 128) return std::nullopt;
  read.bits = *length;
  return read;
}

/// Iface Destination Gateway Flags RefCnt Use Metric Mask …
void add_v4(const std::string& line, std::vector<acl::IpNetwork>& to) {
  std::string interface, destination, word, mask;
  std::istringstream words(line);
  words >> interface >> destination >> word >> word >> word >> word >> word >> mask;
  const auto network = read_v4(destination, mask);
  if (network && network->bits != v4_in_v6 && interface != "lo" && !is_engines(interface)) {
    to.push_back(*network);
  }
}

/// Destination, bits, source, bits, next hop, metric, counters and flags; then the interface.
void add_v6(const std::string& line, std::vector<acl::IpNetwork>& to) {
  std::string destination, bits, word, interface;
  std::istringstream words(line);
  words >> destination >> bits;
  for (int skipped = 0; skipped < 7; ++skipped) words >> word;
  words >> interface;
  const auto network = read_v6(destination, bits);
  if (network && network->bits != 0 && interface != "lo" && !is_engines(interface)) {
    to.push_back(*network);
  }
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
  for (const auto line : std::views::split(route, '\n')) {
    add_v4({line.begin(), line.end()}, networks);
  }
  for (const auto line : std::views::split(ipv6_route, '\n')) {
    add_v6({line.begin(), line.end()}, networks);
  }
  return networks;
}

std::vector<acl::IpNetwork> system_networks() {
  return networks_of(text_of("/proc/net/route"), text_of("/proc/net/ipv6_route"));
}

}  // namespace config
