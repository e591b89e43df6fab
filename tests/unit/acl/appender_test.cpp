// SPDX-License-Identifier: Apache-2.0
#include "acl/appender.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace acl {
namespace {

TEST(Appender, adds_to_what_is_there) {
  std::string text = "a";
  {
    Appender out(text);
    out.put("b", std::string_view(), std::string("c"));
    out.put_number(-7);
  }
  EXPECT_EQ(text, "abc-7");
}

TEST(Appender, finds_room_for_pieces_of_any_size) {
  std::string text, expected;
  {
    Appender out(text);
    for (std::size_t size = 0; size < 3000; size += size < 40 ? 1 : 7) {
      std::string piece(size, 'a');
      for (std::size_t i = 0; i < size; ++i) piece[i] = static_cast<char>('a' + i % 26);
      out.put(piece, "|", piece);
      expected += piece + "|" + piece;
    }
  }
  EXPECT_EQ(text, expected);
}

TEST(Appender, writes_the_longest_numbers) {
  std::string text, expected;
  {
    Appender out(text);
    for (int i = 0; i < 100; ++i) {
      out.put_number(std::numeric_limits<std::int64_t>::min());
      out.put_number(std::numeric_limits<std::uint64_t>::max());
      expected += "-922337203685477580818446744073709551615";
    }
  }
  EXPECT_EQ(text, expected);
}

}  // namespace
}  // namespace acl
