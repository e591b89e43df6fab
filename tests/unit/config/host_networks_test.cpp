// SPDX-License-Identifier: Apache-2.0
#include "config/host_networks.hpp"

#include <gmock/gmock.h>

#include <bit>
#include <string>
#include <vector>

namespace config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> texts_of(const std::string& route, const std::string& ipv6_route) {
  std::vector<std::string> texts;
  for (const auto& network : networks_of(route, ipv6_route)) texts.push_back(network.to_string());
  return texts;
}

constexpr auto head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n";

std::string v4(const std::string& interface, const std::string& network, const std::string& mask) {
  return interface + "\t" + network + "\t00000000\t0001\t0\t0\t0\t" + mask + "\t0\t0\t0   \n";
}

std::string v6(const std::string& interface, const std::string& network, const std::string& bits) {
  const std::string none(32, '0');
  return network + " " + bits + " " + none + " 00 " + none +
         " 00000100 00000001 00000000 00000001     " + interface + "\n";
}

TEST(HostNetworks, are_the_routes_of_the_machine) {
  static_assert(std::endian::native == std::endian::little, "as the table below is written");
  const auto texts =
      texts_of(head + v4("eth0", "000200C0", "00FFFFFF") + v4("tun0", "00001FAC", "0000FFFF") +
                   v4("wg0", "0100000A", "FFFFFFFF"),
               v6("eth0", "fd000000000000000000000000000000", "40"));
  EXPECT_THAT(texts, ElementsAre("192.0.2.0/24", "172.31.0.0/16", "10.0.0.1/32", "fd00::/64"));
}

TEST(HostNetworks, leave_out_default_routes_the_loopback_and_the_engine_s_own) {
  const auto texts = texts_of(
      head + v4("eth0", "00000000", "00000000") + v4("docker0", "000011AC", "0000FFFF") +
          v4("docker_gwbridge", "000012AC", "0000FFFF") +
          v4("br-0123456789ab", "000013AC", "0000FFFF") + v4("veth12", "000014AC", "0000FFFF"),
      v6("eth0", std::string(32, '0'), "00") + v6("lo", std::string(31, '0') + "1", "80") +
          v6("docker0", "fd010000000000000000000000000000", "40"));
  EXPECT_THAT(texts, IsEmpty());
}

TEST(HostNetworks, keep_bridges_that_only_look_like_the_engine_s) {
  EXPECT_THAT(texts_of(head + v4("br-lan", "0001A8C0", "00FFFFFF") +
                           v4("br-0123456789abc", "0002A8C0", "00FFFFFF"),
                       ""),
              ElementsAre("192.168.1.0/24", "192.168.2.0/24"));
}

TEST(HostNetworks, are_none_where_the_tables_cannot_be_understood) {
  EXPECT_THAT(texts_of("", ""), IsEmpty());
  EXPECT_THAT(texts_of("eth0 x y\neth0\t0001\n\n", "zz 40\nfd00 40 x\n" + v6("eth0", "fd", "40") +
                                                       v6("eth0", std::string(32, '1'), "81")),
              IsEmpty());
}

}  // namespace
}  // namespace config
