// SPDX-License-Identifier: Apache-2.0
#include "tls/wire.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>

#include "tests/unit/tls/pair.hpp"

namespace tls {
namespace {

/// A wire at one end, a plain socket at the other.
class Wired : public testing::Test {
 protected:
  std::string take(std::size_t most) {
    std::string bytes(most, '\0');
    const auto n = wire_.take(bytes);
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
  }
  void say(std::string_view bytes) const {
    ASSERT_EQ(::write(sockets_.client(), bytes.data(), bytes.size()), std::ssize(bytes));
  }
  std::string heard() const {
    std::string all(1024 * 1024, '\0');
    const auto n = ::read(sockets_.client(), all.data(), all.size());
    all.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return all;
  }

  Sockets sockets_;
  Wire wire_{sockets_.server()};
};

TEST_F(Wired, receives_all_that_is_there_at_once) {
  say("first");
  say("second");
  EXPECT_EQ(take(5), "first");
  EXPECT_TRUE(wire_.holds_received());
  EXPECT_EQ(heard(), "");
  std::array<char, 16> room{};
  EXPECT_EQ(::recv(sockets_.server(), room.data(), room.size(), MSG_PEEK), -1) << "both have come";
  EXPECT_EQ(take(100), "second");
  EXPECT_FALSE(wire_.holds_received());
}

TEST_F(Wired, does_not_ask_the_socket_where_it_is_told_not_to) {
  wire_.receive_no_more(true);
  say("late");
  EXPECT_EQ(take(100), "");
  EXPECT_EQ(errno, EAGAIN);
  wire_.receive_no_more(false);
  EXPECT_EQ(take(100), "late");
}

TEST_F(Wired, tells_the_end_from_silence) {
  std::array<char, 1> room{};
  EXPECT_EQ(wire_.take(room), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_FALSE(wire_.ended());
  sockets_.close_client();
  EXPECT_EQ(wire_.take(room), 0);
  EXPECT_TRUE(wire_.ended());
}

TEST_F(Wired, sends_together_what_was_put_one_by_one) {
  EXPECT_EQ(wire_.put("first"), 5);
  EXPECT_EQ(wire_.put("second"), 6);
  EXPECT_EQ(heard(), "");
  EXPECT_EQ(wire_.sent(), 0U);
  EXPECT_TRUE(wire_.flush());
  EXPECT_EQ(heard(), "firstsecond");
  EXPECT_EQ(wire_.sent(), 11U);
}

TEST_F(Wired, takes_no_more_than_a_block_for_who_does_not_read_and_loses_nothing) {
  std::string put, got;
  for (std::size_t size = 0; size < 10'000'000; size += 10'000) {
    const std::string piece(10'000, static_cast<char>('a' + size / 10'000 % 26));
    const auto n = wire_.put(piece);
    if (n < 0) break;
    put.append(piece, 0, static_cast<std::size_t>(n));
  }
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_LT(put.size(), 5'000'000U);
  EXPECT_EQ(put.size(), wire_.sent() + Wire::block_size);
  while (!wire_.flush()) got += heard();
  got += heard();
  EXPECT_TRUE(got == put);
}

TEST_F(Wired, forgets_what_nobody_will_have) {
  sockets_.close_client();
  EXPECT_EQ(wire_.put("x"), 1);
  EXPECT_FALSE(wire_.flush());
  EXPECT_EQ(errno, EPIPE);
  EXPECT_TRUE(wire_.flush()) << "nothing is left";
  EXPECT_EQ(wire_.sent(), 0U);
}

TEST_F(Wired, holds_memory_only_while_bytes_wait) {
  EXPECT_EQ(wire_.memory(), 0U);
  say("first");
  take(3);
  EXPECT_EQ(wire_.memory(), Wire::block_size);
  take(3);
  EXPECT_EQ(wire_.memory(), 0U);
  take(3);
  EXPECT_EQ(wire_.memory(), 0U) << "nor for having looked";
  wire_.put("x");
  EXPECT_EQ(wire_.memory(), Wire::block_size);
  wire_.flush();
  EXPECT_EQ(wire_.memory(), 0U);
}

}  // namespace
}  // namespace tls
