// SPDX-License-Identifier: Apache-2.0
// Messages from a peer that fails in the middle: for every call that can fail, in every phase.
#include "proxy/http/h1/connection.hpp"

#include <gtest/gtest.h>

#include "tests/unit/proxy/h1/transfer.hpp"

namespace proxy::http::h1 {
namespace {

using acl::Reason;

struct Message {
  std::string_view name, head, body;
  Framing out = Framing::length;
  std::string_view carried;
};

const std::vector<Message> requests{
    {"without_a_body", "GET /info HTTP/1.1\r\nHost: d\r\n\r\n", "", Framing::none, ""},
    {"with_a_length", "PUT /x HTTP/1.1\r\nHost: d\r\nContent-Length: 10\r\n\r\n", "0123456789",
     Framing::length, "0123456789"},
    {"chunked", "PUT /x HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n",
     "3;ext=1\r\nabc\r\n0b\r\ndefghijklmn\r\n0\r\nTrailer: x\r\n\r\n", Framing::chunked, ""}};

const std::vector<Message> answers{
    {"without_a_body", "HTTP/1.1 204 No Content\r\nApi-Version: 1.47\r\n\r\n", "", Framing::none,
     ""},
    {"with_a_length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "0123456789",
     Framing::length, "0123456789"},
    {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
     "3;ext=1\r\nabc\r\n0b\r\ndefghijklmn\r\n0\r\nTrailer: x\r\n\r\n", Framing::chunked, ""}};

std::string text_of(const Message& message) {
  return std::string(message.head).append(message.body);
}

/// The payload of a chunked body that we framed; nothing where its end is missing.
std::optional<std::string> payload_of_chunks(std::string_view bytes) {
  Chunks chunks;
  std::vector<std::string_view> pieces;
  std::string all;
  while (!bytes.empty()) {
    const auto progress = chunks.feed(bytes, pieces);
    if (!progress) return std::nullopt;
    for (const auto piece : pieces) all += piece;
    if (progress->complete)
      return progress->consumed == bytes.size() ? std::optional(all) : std::nullopt;
    bytes.remove_prefix(progress->consumed);
  }
  return std::nullopt;
}

void expect_whole(const Outcome& outcome, const Message& message) {
  ASSERT_TRUE(outcome.ended) << message.name;
  EXPECT_TRUE(outcome.whole) << message.name;
  if (message.out == Framing::chunked)
    EXPECT_EQ(payload_of_chunks(outcome.carried), "abcdefghijklmn");
  else
    EXPECT_EQ(outcome.carried, message.carried);
}

/// Nobody who reads what was carried can take it for a whole message.
void expect_broken(const Outcome& outcome, const Message& message, std::size_t at, Reason reason) {
  ASSERT_TRUE(outcome.ended) << message.name << ": hangs behind byte " << at;
  EXPECT_FALSE(outcome.whole) << message.name << ": byte " << at;
  const bool in_head = at < message.head.size();
  EXPECT_EQ(in_head ? outcome.no_head : outcome.broken, reason) << message.name << ": byte " << at;
  if (in_head) EXPECT_EQ(outcome.carried, "") << message.name << ": byte " << at;
  if (message.out == Framing::length) EXPECT_LT(outcome.carried.size(), message.carried.size());
  if (message.out == Framing::chunked) EXPECT_EQ(payload_of_chunks(outcome.carried), std::nullopt);
}

TEST(AMessage, is_the_same_however_its_bytes_arrive) {
  for (std::size_t size = 1; size < 200; ++size) {
    for (const auto& request : requests) {
      Bench bench;
      expect_whole(bench.carry_request({in_pieces(text_of(request), size)}, {}, request.out),
                   request);
    }
    for (const auto& answer : answers) {
      Bench bench;
      expect_whole(bench.carry_answer({in_pieces(text_of(answer), size)}, {}, answer.out), answer);
    }
  }
}

/// Every byte is a read of its own, so a failing call n breaks off behind byte n - 1: in the middle
/// of the head, behind it, in a body with a length, in a chunk's line, in a chunk, in the trailers.
TEST(ARequestThatBreaksOff, is_never_taken_for_a_whole_one) {
  for (const auto& request : requests) {
    const auto text = text_of(request);
    for (const error_code failure :
         {error_code(net::error::eof), error_code(net::error::connection_reset)}) {
      for (std::size_t n = 1; n <= text.size(); ++n) {
        Bench bench;
        const auto outcome = bench.carry_request(
            {.reads = in_pieces(text, 1), .fails_at = n, .failure = failure}, {}, request.out);
        expect_broken(outcome, request, n - 1, Reason::client_left);
      }
    }
  }
}

TEST(AnAnswerThatBreaksOff, is_never_taken_for_a_whole_one) {
  for (const auto& answer : answers) {
    const auto text = text_of(answer);
    for (const error_code failure :
         {error_code(net::error::eof), error_code(net::error::connection_reset)}) {
      for (std::size_t n = 1; n <= text.size(); ++n) {
        Bench bench;
        const auto outcome = bench.carry_answer(
            {.reads = in_pieces(text, 1), .fails_at = n, .failure = failure}, {}, answer.out);
        expect_broken(outcome, answer, n - 1, Reason::upstream_closed);
      }
    }
  }
}

constexpr std::string_view endless = "HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\n\r\n";

TEST(AnAnswerUntilTheEnd, is_whole_where_the_engine_ends_in_good_order) {
  Bench bench;
  auto reads = in_pieces(std::string(endless) + "some", 3);
  const auto outcome = bench.carry_answer({std::move(reads)}, {}, Framing::until_eof);
  EXPECT_TRUE(outcome.whole);
  EXPECT_EQ(outcome.carried, "some");
}

TEST(AnAnswerUntilTheEnd, is_broken_where_the_connection_is_reset) {
  const auto text = std::string(endless) + "some";
  for (std::size_t n = endless.size() + 1; n <= text.size() + 1; ++n) {
    Bench bench;
    const auto outcome =
        bench.carry_answer({.reads = in_pieces(text, 1), .fails_at = n}, {}, Framing::until_eof);
    EXPECT_TRUE(outcome.ended);
    EXPECT_EQ(outcome.broken, Reason::upstream_closed) << n;
  }
}

TEST(APeerThatFallsSilent, is_waited_for_wherever_it_stops) {
  for (const auto& request : requests) {
    const auto text = text_of(request);
    for (std::size_t size = 1; size < text.size(); ++size) {
      Bench bench;
      const auto outcome =
          bench.carry_request({.reads = {text.substr(0, size)}, .end = {}}, {}, request.out);
      EXPECT_FALSE(outcome.ended) << request.name << ": " << size;
    }
  }
}

TEST(AnAnswerToHead, has_no_body_whatever_it_says) {
  Bench bench;
  const auto outcome = bench.carry_answer({.reads = {std::string(answers[1].head)}, .end = {}}, {},
                                          Framing::none, nullptr, true);
  EXPECT_TRUE(outcome.whole);
}

struct Refused {
  std::string_view text;
  Reason reason;
};

TEST(ARequest, is_refused_as_soon_as_nothing_can_become_of_it) {
  const std::string long_target = "GET /" + std::string(33'000, 'x');
  const std::string long_field = "GET / HTTP/1.1\r\nX: " + std::string(66'000, 'x');
  const std::string chunked = std::string(requests[2].head);
  for (const auto& [text, reason] :
       {Refused{long_target, Reason::target_too_long}, Refused{long_field, Reason::head_too_large},
        Refused{"PRI * HTTP/2.0\r\n", Reason::head_http2},
        Refused{"GET / HTTP/1.1\nHost: d\n", Reason::head_line_end}}) {
    Bench bench;
    const auto outcome =
        bench.carry_request({.reads = in_pieces(text, 1000), .end = {}}, {}, Framing::none);
    EXPECT_EQ(outcome.no_head, reason) << text.substr(0, 20);
  }
  Bench bench;
  const auto outcome =
      bench.carry_request({.reads = {chunked + "3\r\nabcX\r\n"}, .end = {}}, {}, Framing::chunked);
  EXPECT_EQ(outcome.broken, Reason::framing_chunk);
}

TEST(AnAnswer, is_refused_as_soon_as_nothing_can_become_of_it) {
  const auto long_field = "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x');
  for (const std::string_view text :
       {std::string_view(long_field), std::string_view("SSH-2.0-x\r\n\r\n")}) {
    Bench bench;
    const auto outcome =
        bench.carry_answer({.reads = {std::string(text)}, .end = {}}, {}, Framing::none);
    EXPECT_EQ(outcome.no_head, Reason::upstream_malformed);
  }
  Bench bench;
  const auto chunked = std::string(answers[2].head) + "3\r\nabcX\r\n";
  EXPECT_EQ(bench.carry_answer({.reads = {chunked}, .end = {}}, {}, Framing::chunked).broken,
            Reason::upstream_malformed);
}

TEST(AConversation, is_understood_the_same_however_its_bytes_arrive) {
  const std::string asked = text_of(requests[0]) + text_of(requests[2]) + text_of(requests[1]);
  const std::string said = "HTTP/1.1 103 Early Hints\r\n\r\n" + text_of(answers[0]) +
                           text_of(answers[2]) + text_of(answers[1]);
  const auto whole = Bench().requests_in({{asked}}), answered = Bench().answers_in({{said}});
  EXPECT_EQ(whole,
            "GET|/info|Host:d|stays\n\n"
            "PUT|/x|Host:d|Transfer-Encoding:chunked|stays\nabcdefghijklmn\n"
            "PUT|/x|Host:d|Content-Length:10|stays\n0123456789\n(no head)");
  for (std::size_t size = 1; size < asked.size(); ++size) {
    EXPECT_EQ(Bench().requests_in({in_pieces(asked, size)}), whole);
    EXPECT_EQ(Bench().answers_in({in_pieces(said, size)}), answered);
  }
}

}  // namespace
}  // namespace proxy::http::h1
