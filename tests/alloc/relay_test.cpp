// SPDX-License-Identifier: Apache-2.0
// What one more chunk costs in bodies and streams that are relayed as they come.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/alloc/stage.hpp"

namespace proxy {
namespace {

const std::string plain(16384, 'x');
const std::string chunked = "4000\r\n" + plain + "\r\n";

constexpr std::string_view upload = "PUT /containers/x/archive?path=/ HTTP/1.1\r\nHost: d\r\n";
constexpr std::string_view download = "GET /containers/x/export HTTP/1.1\r\nHost: d\r\n\r\n";
constexpr std::string_view attach =
    "POST /containers/x/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: d\r\n"
    "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

/// An answer's head, or a request's, with these fields.
std::string with(std::string_view begun, std::string_view fields) {
  return std::string(begun) + std::string(fields) + "\r\n\r\n";
}

struct Asked {
  std::size_t undisturbed = 0;  ///< the least
  std::size_t mostly = 0;       ///< half of the chunks do not exceed it, on however busy a machine
};

/// How often a chunk asks for memory, once a few have passed. Each goes its whole way at once.
Asked asked_by_a_chunk(Stage& stage, const std::string& chunk, auto send, auto got) {
  constexpr std::size_t few = 20, many = 30;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < few + many; ++i) {
    if (i == few) stage.hand_over_records();
    if (i == few) stage.watch();
    (stage.*send)(chunk);
    const auto times = stage.settle();
    EXPECT_GE((stage.*got)().size(), plain.size());
    if (i >= few) asked.push_back(times);
  }
  std::ranges::sort(asked);
  return {.undisturbed = asked.front(), .mostly = asked[many / 2]};
}

Asked asked_by_a_sent_chunk(Stage& stage, const std::string& chunk) {
  return asked_by_a_chunk(stage, chunk, &Stage::client_sends, &Stage::engine_got);
}

Asked asked_by_an_answered_chunk(Stage& stage, const std::string& chunk) {
  return asked_by_a_chunk(stage, chunk, &Stage::engine_sends, &Stage::client_got);
}

void expect_nothing(const Asked& asked, std::size_t by_the_clock = 2) {
  EXPECT_EQ(asked.undisturbed, 0U);
  EXPECT_LE(asked.mostly, by_the_clock);
}

void open(Stage& stage, std::string_view request, std::string_view answer) {
  stage.client_sends(request);
  ASSERT_NE(stage.await_engine(), "");
  stage.engine_sends(answer);
  stage.settle();
  ASSERT_NE(stage.client_got(), "");
}

TEST(AllocationsOfAChunk, in_a_request_with_length) {
  Stage stage;
  stage.client_sends(with(upload, "Content-Length: 100000000"));
  expect_nothing(asked_by_a_sent_chunk(stage, plain));
}

TEST(AllocationsOfAChunk, in_a_chunked_request) {
  Stage stage;
  stage.client_sends(with(upload, "Transfer-Encoding: chunked"));
  expect_nothing(asked_by_a_sent_chunk(stage, chunked));
}

TEST(AllocationsOfAChunk, in_an_answer_with_length) {
  Stage stage;
  open(stage, download, with("HTTP/1.1 200 OK\r\n", "Content-Length: 100000000"));
  expect_nothing(asked_by_an_answered_chunk(stage, plain));
}

TEST(AllocationsOfAChunk, in_a_chunked_answer) {
  Stage stage;
  open(stage, download, with("HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked"));
  expect_nothing(asked_by_an_answered_chunk(stage, chunked));
}

TEST(AllocationsOfAChunk, in_an_answer_without_length) {
  Stage stage;
  open(stage, download, with("HTTP/1.1 200 OK\r\n", "Content-Type: application/x-tar"));
  expect_nothing(asked_by_an_answered_chunk(stage, plain));
}

TEST(AllocationsOfAChunk, in_a_tunnel_either_way) {
  Stage stage;
  open(stage, attach, with("HTTP/1.1 101 UPGRADED\r\n", "Connection: Upgrade\r\nUpgrade: tcp"));
  expect_nothing(asked_by_an_answered_chunk(stage, plain), 0);
  expect_nothing(asked_by_a_sent_chunk(stage, plain), 0);
}

}  // namespace
}  // namespace proxy
