// SPDX-License-Identifier: Apache-2.0
#include "acl/ip_network.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

namespace {

using acl::parse_ip;
using acl::parse_network;

/// What inet_pton and inet_ntop make of it; empty where it is no address.
std::string as_the_system_reads(const std::string& text) {
  const int family = text.find(':') == std::string::npos ? AF_INET : AF_INET6;
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (inet_pton(family, text.c_str(), bytes.data()) != 1) return "";
  std::array<char, INET6_ADDRSTRLEN> out{};
  return inet_ntop(family, bytes.data(), out.data(), out.size());
}

std::string as_we_read(const std::string& text) {
  const auto address = parse_ip(text);
  return address ? address->to_string() : "";
}

TEST(IpAddress, is_read_and_written_as_the_system_does) {
  for (const auto* text : {"0.0.0.0",
                           "192.0.2.1",
                           "255.255.255.255",
                           "256.0.0.1",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.",
                           ".1.2.3",
                           "1..2.3",
                           "1.2.3.4 ",
                           "+1.2.3.4",
                           "0x1.2.3.4",
                           "1.2.3.-4",
                           "",
                           "a",
                           "::",
                           "::1",
                           "1::",
                           "1::2",
                           "1:2:3:4:5:6:7:8",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7::",
                           "::2:3:4:5:6:7:8",
                           "1:2:3:4::5:6:7:8",
                           "1::2::3",
                           ":::",
                           ":1",
                           "1:",
                           ":1::",
                           "::1:",
                           "12345::",
                           "g::",
                           "2001:DB8::0:1",
                           "fe80::1%eth0",
                           "1:0:0:2:0:0:0:3",
                           "0:0:1:0:0:1:0:0",
                           "1:0:2:0:3:0:4:0",
                           "64:ff9b::192.0.2.1",
                           "1.2.3.4::",
                           "1:2:3:4:5:6:1.2.3.4",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::1.2.3",
                           "::1.2.3.4:1"}) {
    EXPECT_EQ(as_we_read(text), as_the_system_reads(text)) << text;
  }
}

TEST(IpAddress, is_read_as_the_system_does_whatever_is_written) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same texts each time
  constexpr std::string_view letters = "0123456789af::::..";
  int read = 0;
  for (int i = 0; i < 300'000; ++i) {
    std::string text;
    for (auto size = random() % 12; size > 0; --size) text += letters[random() % letters.size()];
    const auto expected = as_the_system_reads(text);
    ASSERT_EQ(parse_ip(text).has_value(), !expected.empty()) << text;
    if (expected.empty()) continue;
    ++read;
    // inet_ntop writes the obsolete ::192.0.2.1 in its own way.
    if (expected.find('.') == std::string::npos) ASSERT_EQ(as_we_read(text), expected) << text;
  }
  EXPECT_GT(read, 1000);
}

TEST(IpAddress, a_leading_zero_is_no_number_that_all_read_alike) {
  EXPECT_FALSE(parse_ip("010.0.0.1"));
}

TEST(IpAddress, v4_within_v6_is_v4) {
  EXPECT_EQ(parse_ip("::ffff:192.0.2.1"), parse_ip("192.0.2.1"));
  EXPECT_EQ(as_we_read("::FFFF:c000:201"), "192.0.2.1");
  EXPECT_FALSE(parse_ip("::192.0.2.1")->is_v4());
}

bool holds(const std::string& network, const std::string& address) {
  return parse_network(network)->holds(*parse_ip(address));
}

TEST(IpNetwork, holds_its_addresses_from_the_first_to_the_last) {
  EXPECT_TRUE(holds("10.0.0.0/8", "10.0.0.0"));
  EXPECT_TRUE(holds("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(holds("10.0.0.0/8", "9.255.255.255"));
  EXPECT_FALSE(holds("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(holds("192.0.2.128/25", "192.0.2.128"));
  EXPECT_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(holds("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(holds("192.0.2.1/32", "192.0.2.0"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff:ffff::1"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::"));
}

TEST(IpNetwork, of_all_addresses_is_of_one_family) {
  EXPECT_TRUE(holds("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(holds("0.0.0.0/0", "::1"));
  EXPECT_TRUE(holds("::/0", "2001:db8::1"));
  EXPECT_FALSE(holds("::/0", "203.0.113.9"));
  EXPECT_FALSE(holds("::/64", "::ffff:203.0.113.9"));
}

TEST(IpNetwork, written_as_v4_within_v6_is_v4) {
  EXPECT_TRUE(holds("::ffff:10.0.0.0/104", "10.1.2.3"));
  EXPECT_TRUE(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
}

TEST(IpNetwork, holds_the_networks_within) {
  EXPECT_TRUE(parse_network("10.0.0.0/8")->holds(*parse_network("10.1.0.0/16")));
  EXPECT_TRUE(parse_network("10.0.0.0/8")->holds(*parse_network("10.0.0.0/8")));
  EXPECT_FALSE(parse_network("10.0.0.0/8")->holds(*parse_network("10.0.0.0/7")));
  EXPECT_FALSE(parse_network("::/0")->holds(*parse_network("0.0.0.0/0")));
}

TEST(IpNetwork, is_shown_without_the_bits_behind_its_prefix) {
  EXPECT_EQ(lowest(*parse_network("10.1.2.3/8")).to_string(), "10.0.0.0/8");
  EXPECT_EQ(lowest(*parse_network("10.1.2.3/31")).to_string(), "10.1.2.2/31");
  EXPECT_EQ(lowest(*parse_network("10.1.2.3/0")).to_string(), "0.0.0.0/0");
  EXPECT_EQ(lowest(*parse_network("2001:db8:ffff::1/33")).to_string(), "2001:db8:8000::/33");
}

TEST(IpNetwork, has_a_prefix_that_its_family_has) {
  for (const auto* text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8/8",
                           "::/129", "/8", "10/8", "10.0.0.0/255.0.0.0", "fe80::1%eth0/64"}) {
    EXPECT_FALSE(parse_network(text)) << text;
  }
}

}  // namespace
