// SPDX-License-Identifier: Apache-2.0
// Bodies on their way: a side that takes no more, and answers that are rewritten.
#include "proxy/http/h1/relay.hpp"

#include <gtest/gtest.h>

#include "tests/unit/proxy/h1/transfer.hpp"

namespace proxy::http::h1 {
namespace {

using acl::Reason;

const std::string upload =
    "PUT /x HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n";
const std::string with_length = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef";
const std::string in_chunks =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n2\r\nef\r\n0\r\n\r\n";
const std::string until_the_end = "HTTP/1.1 200 OK\r\n\r\nabcdef";

TEST(ABody, that_the_other_side_does_not_take_ends_there) {
  for (const std::size_t size : {1U, 7U, 1000U}) {
    Bench whole;
    const auto calls =
        whole.carry_request({in_pieces(upload, size)}, {}, Framing::chunked).sink_calls;
    ASSERT_NE(calls, 0U);
    for (std::size_t n = 1; n <= calls; ++n) {
      for (const std::size_t taken : {0U, 2U}) {
        Bench bench;
        const auto outcome = bench.carry_request({in_pieces(upload, size)},
                                                 {.fails_at = n, .taken = taken}, Framing::chunked);
        EXPECT_TRUE(outcome.ended);
        EXPECT_TRUE(outcome.refused) << n;
        EXPECT_FALSE(outcome.whole);
        EXPECT_EQ(outcome.sink_calls, n) << "nothing is written behind a failure";
        EXPECT_FALSE(outcome.carried.ends_with("0\r\n\r\n"));
      }
    }
  }
}

TEST(ABody, is_framed_anew) {
  Bench bench;
  EXPECT_EQ(bench.carry_answer({{in_chunks}}, {}, Framing::until_eof).carried, "abcdef");
  EXPECT_EQ(bench.carry_answer({{in_chunks}}, {}, Framing::chunked).carried,
            "6\r\nabcdef\r\n0\r\n\r\n");
  const auto outcome = bench.carry_answer({{with_length}}, {}, Framing::length);
  EXPECT_EQ(outcome.carried, "abcdef");
  EXPECT_EQ(outcome.payload, 6U);
}

TEST(ABody, of_many_small_chunks_goes_on_whole) {
  std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", expected;
  for (int i = 0; i < 2000; ++i) {
    const char c = static_cast<char>('a' + i % 26);
    text.append("1\r\n").append(1, c).append("\r\n");
    expected += c;
  }
  Bench bench;
  EXPECT_EQ(bench.carry_answer({{text + "0\r\n\r\n"}}, {}, Framing::until_eof).carried, expected);
}

/// Turns small letters into large ones and lets no "e" pass; an "x" ends the answer.
class Shout : public BodyFilter {
 public:
  std::optional<Reason> pass(std::string_view piece, bool last, std::string& out) override {
    for (const char c : piece) {
      if (c == 'x') return Reason::upstream_malformed;
      if (c != 'e') out += static_cast<char>(c - 'a' + 'A');
    }
    if (last) out += '!';
    return std::nullopt;
  }
};

TEST(AnAnswerThatIsRewritten, goes_in_chunks_whatever_framing_it_had) {
  for (const auto& answer : {with_length, in_chunks, until_the_end}) {
    for (std::size_t size = 1; size < answer.size() + 1; ++size) {
      Bench bench;
      Shout shout;
      const auto outcome =
          bench.carry_answer({in_pieces(answer, size)}, {}, Framing::until_eof, &shout);
      EXPECT_EQ(outcome.carried, "ABCDF!") << answer << size;
      EXPECT_EQ(outcome.payload, 6U);
    }
    Bench bench;
    Shout shout;
    const auto outcome = bench.carry_answer({{answer}}, {}, Framing::chunked, &shout);
    EXPECT_TRUE(outcome.whole);
    EXPECT_TRUE(outcome.carried.ends_with("\r\n0\r\n\r\n")) << outcome.carried;
  }
}

TEST(AnAnswerThatIsRewritten, has_no_end_where_it_breaks_off) {
  for (const auto& answer : {with_length, in_chunks, until_the_end}) {
    for (std::size_t n = answer.find("\r\n\r\n") + 5; n <= answer.size(); ++n) {
      Bench bench;
      Shout shout;
      const auto outcome = bench.carry_answer({.reads = in_pieces(answer, 1), .fails_at = n}, {},
                                              Framing::chunked, &shout);
      EXPECT_EQ(outcome.broken, Reason::upstream_closed) << answer << n;
      EXPECT_EQ(outcome.carried.find('!'), std::string::npos);
      EXPECT_FALSE(outcome.carried.ends_with("0\r\n\r\n"));
    }
  }
}

TEST(AnAnswerThatIsRewritten, ends_where_the_filter_says_so) {
  Bench bench;
  Shout shout;
  const auto outcome = bench.carry_answer({in_pieces("HTTP/1.1 200 OK\r\n\r\nabxcd", 1)}, {},
                                          Framing::chunked, &shout);
  EXPECT_EQ(outcome.broken, Reason::upstream_malformed);
  EXPECT_EQ(outcome.carried, "1\r\nA\r\n1\r\nB\r\n");
}

}  // namespace
}  // namespace proxy::http::h1
