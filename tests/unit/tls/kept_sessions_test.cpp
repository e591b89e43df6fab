// SPDX-License-Identifier: Apache-2.0
#include "tls/kept_sessions.hpp"

#include <gtest/gtest.h>

namespace tls {
namespace {

TEST(KeptSessions, are_found_by_their_number) {
  KeptSessions sessions(10'000);
  sessions.keep("a", "first");
  sessions.keep("b", "second");
  EXPECT_EQ(sessions.find("a"), "first");
  EXPECT_EQ(sessions.find("b"), "second");
  EXPECT_EQ(sessions.find("c"), "");
}

TEST(KeptSessions, make_room_by_age_within_their_bound) {
  KeptSessions sessions(10'000);
  for (int i = 0; i < 100; ++i) {
    sessions.keep(std::to_string(i), std::string(1000, 's'));
    EXPECT_LE(sessions.bytes(), 10'000U);
  }
  EXPECT_EQ(sessions.find("99").size(), 1000U);
  EXPECT_EQ(sessions.find("95").size(), 1000U);
  EXPECT_EQ(sessions.find("80"), "");
}

TEST(KeptSessions, leave_out_what_is_larger_than_all_of_them_may_be) {
  KeptSessions sessions(10'000);
  sessions.keep("a", "first");
  sessions.keep("b", std::string(20'000, 's'));
  EXPECT_EQ(sessions.find("b"), "");
  EXPECT_EQ(sessions.find("a"), "first");
}

}  // namespace
}  // namespace tls
