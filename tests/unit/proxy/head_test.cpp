// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/head.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace proxy::http {
namespace {

const std::vector<std::string> names{"Accept",
                                     "Connection",
                                     "Content-Length",
                                     "Content-Type",
                                     "Expect",
                                     "Host",
                                     "Keep-Alive",
                                     "Origin",
                                     "Proxy-Authenticate",
                                     "Proxy-Connection",
                                     "Sec-Fetch-Site",
                                     "TE",
                                     "Trailer",
                                     "Transfer-Encoding",
                                     "Upgrade",
                                     "User-Agent",
                                     "X-Registry-Auth",
                                     "X-Registry-Config"};

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return text;
}

TEST(Head, knows_its_fields_whatever_their_case) {
  std::set<Known> seen;
  for (const auto& name : names) {
    EXPECT_NE(known(name), Known::none) << name;
    EXPECT_EQ(known(upper(name)), known(name)) << name;
    EXPECT_TRUE(seen.insert(known(name)).second) << name;
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(Known::x_registry_config));
}

TEST(Head, takes_nothing_else_for_a_field_that_it_knows) {
  for (const auto& name : names) {
    EXPECT_EQ(known(name + "s"), Known::none) << name;
    EXPECT_EQ(known(name.substr(1)), Known::none) << name;
    for (std::size_t at = 0; at < name.size(); ++at) {
      auto other = name;
      other[at] = static_cast<char>(other[at] ^ (other[at] == '-' ? 0x20 : 0x40));
      EXPECT_EQ(known(other), Known::none) << other;
    }
  }
  for (const std::string name : {"", "A", "Host\xff", "Transfer_Encoding"})
    EXPECT_EQ(known(name), Known::none) << name;
}

TEST(Head, gives_the_first_value_of_a_field) {
  Head head;
  head.fields = {{"odd", "1"}, {"host", "a"}, {"Host", "b"}, {"ODD", "2"}};
  EXPECT_EQ(head.value_of(Known::host), "a");
  EXPECT_EQ(head.value_of("HOST"), "a");
  EXPECT_EQ(head.value_of("Odd"), "1");
  EXPECT_EQ(head.value_of("Upgrade"), "");
}

TEST(Head, takes_the_blanks_from_around_a_value) {
  EXPECT_EQ(trimmed(" \t a b\t"), "a b");
  EXPECT_EQ(trimmed(" \t"), "");
  EXPECT_EQ(trimmed(""), "");
}

}  // namespace
}  // namespace proxy::http
