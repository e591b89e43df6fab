// SPDX-License-Identifier: Apache-2.0
#include "proxy/held_bytes.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

namespace proxy {
namespace {

constexpr std::size_t KiB = 1024;

TEST(HeldBytes, of_one_client_count_for_all) {
  HeldBytes all(100 * KiB), one(50 * KiB, all), other(50 * KiB, all);
  EXPECT_TRUE(one.take(30 * KiB));
  EXPECT_TRUE(other.take(20 * KiB));
  EXPECT_EQ(all.now(), 50 * KiB);
  one.give_back(30 * KiB);
  EXPECT_EQ(one.now(), 0U);
  EXPECT_EQ(all.now(), 20 * KiB);
}

TEST(HeldBytes, of_one_client_leave_room_for_others) {
  HeldBytes all(100 * KiB), one(50 * KiB, all), other(50 * KiB, all);
  EXPECT_TRUE(one.take(50 * KiB));
  EXPECT_FALSE(one.take(1));
  EXPECT_TRUE(other.take(50 * KiB));
}

TEST(HeldBytes, that_are_refused_are_not_counted) {
  HeldBytes all(100 * KiB), one(80 * KiB, all), other(80 * KiB, all);
  EXPECT_TRUE(one.take(80 * KiB));
  EXPECT_FALSE(other.take(21 * KiB)) << "there is room for the client, and not for all";
  EXPECT_EQ(other.now(), 0U);
  EXPECT_EQ(all.now(), 80 * KiB);
  EXPECT_FALSE(one.take(HeldBytes::unbounded)) << "a sum that overflows";
  EXPECT_EQ(one.now(), 80 * KiB);
}

TEST(HeldBytes, are_counted_right_by_several_threads) {
  HeldBytes all(100 * KiB), one(50 * KiB, all);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&one] {
      for (int j = 0; j < 10'000; ++j)
        if (one.take(20 * KiB)) one.give_back(20 * KiB);
    });
  threads.clear();
  EXPECT_EQ(one.now(), 0U);
  EXPECT_EQ(all.now(), 0U);
}

TEST(Charge, is_for_what_is_held_now) {
  HeldBytes all(100 * KiB);
  Charge charge(all);
  EXPECT_TRUE(charge.hold(10 * KiB));
  EXPECT_TRUE(charge.hold(60 * KiB));
  EXPECT_EQ(all.now(), 60 * KiB);
  EXPECT_TRUE(charge.hold(20 * KiB));
  EXPECT_EQ(all.now(), 20 * KiB);
}

TEST(Charge, stays_where_more_is_refused) {
  HeldBytes all(100 * KiB);
  Charge charge(all);
  EXPECT_TRUE(charge.hold(60 * KiB));
  EXPECT_FALSE(charge.hold(101 * KiB));
  EXPECT_EQ(all.now(), 60 * KiB);
}

TEST(Charge, is_nothing_for_what_every_connection_may_have) {
  HeldBytes all(0);
  Charge charge(all);
  EXPECT_TRUE(charge.hold(Charge::uncounted));
  EXPECT_FALSE(charge.hold(Charge::uncounted + 1));
  EXPECT_EQ(all.now(), 0U);
}

TEST(Charge, ends_with_its_holder) {
  HeldBytes all(100 * KiB);
  std::optional<Charge> charge(std::in_place, all);
  EXPECT_TRUE(charge->hold(60 * KiB));
  charge.reset();
  EXPECT_EQ(all.now(), 0U);
}

}  // namespace
}  // namespace proxy
