// SPDX-License-Identifier: Apache-2.0
#include "proxy/buffer.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace proxy {
namespace {

constexpr std::size_t small = 8, most = 64;

std::string fill(Buffer& buffer, std::string_view text) {
  for (const char c : text) {
    buffer.room().front() = c;
    buffer.added(1);
  }
  return std::string(text);
}

TEST(ABuffer, says_what_it_will_grow_to) {
  Buffer buffer(small, most);
  fill(buffer, "12345678");
  EXPECT_EQ(buffer.capacity_with_room(), 2 * small);
  EXPECT_EQ(buffer.capacity(), small);
  buffer.room();
  EXPECT_EQ(buffer.capacity(), 2 * small);
  buffer.consume(1);
  EXPECT_EQ(buffer.capacity_with_room(), 2 * small);
}

TEST(ABuffer, gives_back_what_a_large_message_needed) {
  Buffer buffer(small, most);
  fill(buffer, "a head that is rather long");
  buffer.consume(buffer.data().size());
  buffer.narrow();
  EXPECT_EQ(buffer.capacity(), small);
}

TEST(ABuffer, keeps_the_begin_of_the_next_message_when_it_is_narrowed) {
  Buffer buffer(small, most);
  buffer.widen(most);
  fill(buffer, "a long one, then GET /x");
  buffer.consume(buffer.data().find("GET"));
  buffer.narrow();
  EXPECT_EQ(buffer.capacity(), small);
  EXPECT_EQ(buffer.data(), "GET /x");
  fill(buffer, " HTTP");
  EXPECT_EQ(buffer.data(), "GET /x HTTP");
}

TEST(ABuffer, has_its_usual_size_again_after_a_long_wait) {
  Buffer buffer(small, most);
  buffer.narrow_to(2);
  EXPECT_EQ(buffer.capacity(), 2U);
  buffer.narrow();
  EXPECT_EQ(buffer.capacity(), small);
  buffer.narrow_to(2);
  const auto text = fill(buffer, "abcd");
  EXPECT_EQ(buffer.data(), text);
  EXPECT_EQ(buffer.capacity(), small);
}

TEST(ABuffer, is_not_narrowed_under_what_does_not_fit) {
  Buffer buffer(small, most);
  const auto text = fill(buffer, "longer than eight");
  buffer.narrow();
  EXPECT_EQ(buffer.data(), text);
}

TEST(ABufferPool, lends_full_blocks_until_there_are_many) {
  BufferPool pool;
  std::deque<BufferPool::Lease> lent;
  while (pool.has_large()) lent.emplace_back(pool);
  EXPECT_EQ(lent.size(), BufferPool::most_lent);
  lent.pop_back();
  EXPECT_TRUE(pool.has_large());
}

TEST(ABufferPool, lets_sessions_make_do_with_less_where_blocks_are_scarce) {
  BufferPool pool;
  std::deque<BufferPool::Lease> lent;
  while (pool.has_large()) lent.emplace_back(pool);
  BufferPool::Lease one(pool, BufferPool::little);
  EXPECT_TRUE(one.may_grow());
  one.grow_fully();
  EXPECT_EQ(one.bytes().size(), BufferPool::modest);
  EXPECT_FALSE(one.may_grow());
  lent.pop_back();
  EXPECT_TRUE(one.may_grow());
  one.grow_fully();
  EXPECT_EQ(one.bytes().size(), BufferPool::block_size);
  one.shrink();
  EXPECT_EQ(one.bytes().size(), BufferPool::little);
  EXPECT_TRUE(pool.has_large());
}

}  // namespace
}  // namespace proxy
