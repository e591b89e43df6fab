// SPDX-License-Identifier: Apache-2.0
#include "proxy/held_body.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace proxy {
namespace {

constexpr std::size_t KiB = 1024;

struct HeldBodyTest : testing::Test {
  BodyPool pool;
  HeldBytes bytes{1024 * KiB};
  std::optional<HeldBody> body{std::in_place, pool, bytes};

  bool add(std::size_t size, std::size_t announced = 0) {
    return body->append(std::string(size, 'x'), announced);
  }
};

TEST_F(HeldBodyTest, is_charged_for_its_memory_and_not_for_what_was_announced) {
  EXPECT_TRUE(add(10 * KiB, 900 * KiB));
  EXPECT_GE(bytes.now(), 10 * KiB);
  EXPECT_LT(bytes.now(), 30 * KiB);
}

TEST_F(HeldBodyTest, takes_no_more_memory_than_was_announced) {
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(add(100 * KiB, 900 * KiB));
  EXPECT_EQ(body->text().size(), 900 * KiB);
  EXPECT_EQ(bytes.now(), 900 * KiB);
}

TEST_F(HeldBodyTest, is_refused_before_its_memory_is_taken) {
  ASSERT_TRUE(add(600 * KiB));
  EXPECT_FALSE(add(500 * KiB));
  EXPECT_EQ(body->text().size(), 600 * KiB);
  EXPECT_LE(bytes.now(), 700 * KiB);
}

TEST_F(HeldBodyTest, holds_nothing_once_it_is_given_back) {
  ASSERT_TRUE(add(600 * KiB));
  body->give_back();
  EXPECT_EQ(body->text(), "");
  EXPECT_EQ(bytes.now(), 0U);
}

TEST_F(HeldBodyTest, is_charged_for_what_replaces_it) {
  ASSERT_TRUE(add(600 * KiB));
  std::string rewritten(20 * KiB, 'y');
  EXPECT_TRUE(body->swap(rewritten));
  EXPECT_EQ(body->text().size(), 20 * KiB);
  EXPECT_LT(bytes.now(), 30 * KiB);
  EXPECT_LT(rewritten.capacity(), 600 * KiB) << "the next would be charged for it";
  std::string too_much(2000 * KiB, 'y');
  EXPECT_FALSE(body->swap(too_much));
}

TEST_F(HeldBodyTest, leaves_its_memory_to_the_next_where_it_is_small) {
  ASSERT_TRUE(add(3 * KiB));
  const auto* const memory = body->text().data();
  body.emplace(pool, bytes);
  ASSERT_TRUE(add(2 * KiB));
  EXPECT_EQ(body->text().data(), memory);
}

TEST_F(HeldBodyTest, leaves_nothing_where_it_was_large) {
  ASSERT_TRUE(add(600 * KiB));
  body.emplace(pool, bytes);
  ASSERT_TRUE(add(1 * KiB));
  EXPECT_EQ(bytes.now(), 0U) << "a body of 1 KiB that has the memory of a large one";
}

}  // namespace
}  // namespace proxy
