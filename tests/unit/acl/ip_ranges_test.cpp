// SPDX-License-Identifier: Apache-2.0
#include "acl/ip_ranges.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

acl::IpNetwork net(const std::string& text) {
  return *acl::parse_network(text);
}

acl::IpRanges ranges(const std::vector<std::string>& texts) {
  std::vector<acl::IpNetwork> networks;
  networks.reserve(texts.size());
  for (const auto& text : texts) networks.push_back(net(text));
  return acl::IpRanges(networks);
}

TEST(IpRanges, hold_what_lies_in_one_of_them) {
  const auto some = ranges({"192.168.0.0/16", "10.0.0.0/8", "10.1.0.0/16", "fc00::/7"});
  for (const auto* inside : {"10.0.0.0/8", "10.1.2.0/24", "10.255.255.255/32", "192.168.9.0/24",
                             "fd00::/64", "10.1.0.0/16", "10.9.9.9/16"}) {
    EXPECT_TRUE(some.hold(net(inside))) << inside;
  }
  for (const auto* outside :
       {"0.0.0.0/0", "10.0.0.0/7", "11.0.0.0/8", "9.0.0.0/8", "192.0.0.0/8", "fe00::/8", "::/0"}) {
    EXPECT_FALSE(some.hold(net(outside))) << outside;
  }
}

TEST(IpRanges, overlap_what_lies_in_one_of_them_or_holds_one) {
  const auto some = ranges({"10.1.0.0/16", "10.3.0.0/16", "fd00:1::/32"});
  for (const auto* touching : {"10.1.2.0/24", "10.1.0.0/16", "10.0.0.0/8", "10.2.0.0/15",
                               "0.0.0.0/0", "::/0", "fd00::/8", "fd00:1:2::/48"}) {
    EXPECT_TRUE(some.overlap(net(touching))) << touching;
  }
  for (const auto* apart : {"10.0.0.0/16", "10.2.0.0/16", "10.4.0.0/16", "192.168.0.0/16",
                            "fd00:2::/32", "fe80::/10"}) {
    EXPECT_FALSE(some.overlap(net(apart))) << apart;
  }
}

TEST(IpRanges, of_ipv6_are_none_of_ipv4) {
  EXPECT_FALSE(ranges({"::/0"}).hold(net("10.0.0.0/8")));
  EXPECT_FALSE(ranges({"::/0"}).overlap(net("10.0.0.0/8")));
  EXPECT_FALSE(ranges({"0.0.0.0/0"}).overlap(net("fd00::/8")));
  EXPECT_TRUE(ranges({"::/0", "10.0.0.0/8"}).hold(net("fd00::/8")));
}

TEST(IpRanges, hold_and_overlap_nothing_where_there_are_none) {
  EXPECT_FALSE(acl::IpRanges().hold(net("10.0.0.0/8")));
  EXPECT_FALSE(acl::IpRanges().overlap(net("0.0.0.0/0")));
}

}  // namespace
