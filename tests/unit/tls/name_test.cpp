// SPDX-License-Identifier: Apache-2.0
#include "tls/name.hpp"

#include <gtest/gtest.h>

#include "acl/text/utf8.hpp"

namespace tls {
namespace {

TEST(AuthorityName, is_followed_by_one_with_the_next_number) {
  EXPECT_EQ(successor_of("tidegate CA"), "tidegate CA 2");
  EXPECT_EQ(successor_of("tidegate CA 2"), "tidegate CA 3");
  EXPECT_EQ(successor_of("tidegate CA 9"), "tidegate CA 10");
  EXPECT_EQ(successor_of("Corp CA2"), "Corp CA2 2");
  EXPECT_EQ(successor_of(""), "tidegate CA 2");
}

TEST(AuthorityName, is_cut_between_two_characters_where_the_number_needs_room) {
  EXPECT_EQ(successor_of(std::string(64, 'x')), std::string(62, 'x') + " 2");
  std::string umlauts = "x";
  for (int i = 0; i < 31; ++i) umlauts += "ä";
  const auto next = successor_of(umlauts);
  EXPECT_TRUE(acl::is_utf8(next)) << next;
  EXPECT_EQ(next, umlauts.substr(0, 61) + " 2");
  const auto long_count = std::string(57, 'x') + " 999999";
  EXPECT_EQ(successor_of(long_count), std::string(56, 'x') + " 1000000");
}

}  // namespace
}  // namespace tls
