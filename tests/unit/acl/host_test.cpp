// SPDX-License-Identifier: Apache-2.0
#include "acl/text/host.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace acl {
namespace {

/// "host|port", with brackets where there were some; "-" where there are no parts.
std::string parts_of(std::string_view text) {
  const auto parts = split_authority(text);
  if (!parts) return "-";
  const std::string host(parts->host);
  return (parts->bracketed ? "[" + host + "]" : host) + (parts->has_port ? "|" : "") +
         std::string(parts->port);
}

TEST(Host, is_parted_from_its_port) {
  EXPECT_EQ(parts_of("gate.corp"), "gate.corp");
  EXPECT_EQ(parts_of("gate.corp:2375"), "gate.corp|2375");
  EXPECT_EQ(parts_of("gate.corp:"), "gate.corp|");
  EXPECT_EQ(parts_of("[::1]"), "[::1]");
  EXPECT_EQ(parts_of("[::1]:2375"), "[::1]|2375");
  EXPECT_EQ(parts_of(""), "");
}

TEST(Host, has_no_parts_where_they_could_be_read_in_two_ways) {
  for (const auto* text : {"a:b", "a:80:80", "a:+80", "a:123456", "::1", "u:p@gate.corp", "[::1",
                           "[::1]x", "[::1]80", "gate.corp:80, evil.example"})
    EXPECT_EQ(parts_of(text), "-") << text;
}

TEST(Host, is_a_name_of_labels) {
  for (const auto* text : {"a", "gate.corp", "GATE.Corp", "a-b.c_d", "my_project_proxy_1", "1.2",
                           "xn--bcher-kva.example"})
    EXPECT_TRUE(is_dns_name(text)) << text;
  for (const auto* text : {"", ".", ".a", "a.", "a..b", "a b", "a,b", "a@b", "a/b", "a%2e", "*.a",
                           "a\tb", "a:1", "\xc3\xa4.corp"})
    EXPECT_FALSE(is_dns_name(text)) << text;
  EXPECT_TRUE(is_dns_name(std::string(253, 'a')));
  EXPECT_FALSE(is_dns_name(std::string(254, 'a')));
}

TEST(Host, is_named_exactly_or_by_what_it_is_under) {
  EXPECT_TRUE(is_named("Gate.CORP", "gate.corp"));
  EXPECT_FALSE(is_named("a.gate.corp", "gate.corp"));
  EXPECT_TRUE(is_named("gate.corp", "*.corp"));
  EXPECT_TRUE(is_named("A.Gate.Corp", "*.corp"));
  EXPECT_FALSE(is_named("corp", "*.corp"));
  EXPECT_FALSE(is_named("evilcorp", "*.corp"));
  EXPECT_FALSE(is_named("gate.corp.evil.example", "*.corp"));
}

TEST(Host, is_written_in_one_way) {
  EXPECT_EQ(normal_host("Gate.Corp"), "gate.corp");
  EXPECT_EQ(normal_host("*.Corp"), "*.corp");
  for (const auto* text : {"", "*", "*.", "a.*", "*.*.corp", "f*.corp", "gate.corp:1", "[::1]",
                           "https://gate.corp", "gate.corp.", "gate.corp/"})
    EXPECT_EQ(normal_host(text), std::nullopt) << text;
}

}  // namespace
}  // namespace acl
