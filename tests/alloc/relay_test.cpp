// SPDX-License-Identifier: Apache-2.0
// What one more chunk costs in bodies and streams that are relayed as they come.
#include <gtest/gtest.h>

#include <algorithm>

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

/// The most that any chunk asks for, once a few have passed. Each goes its whole way at once.
std::size_t most_of_a_chunk(Stage& stage, const std::string& chunk, auto send, auto got) {
  constexpr int few = 20, many = 30;
  std::size_t most = 0;
  for (int i = 0; i < few + many; ++i) {
    if (i == few) stage.hand_over_records();
    if (i == few) stage.watch();
    (stage.*send)(chunk);
    const auto asked = stage.settle();
    EXPECT_GE((stage.*got)().size(), plain.size());
    if (i >= few) most = std::max(most, asked);
  }
  return most;
}

std::size_t most_of_a_sent_chunk(Stage& stage, const std::string& chunk) {
  return most_of_a_chunk(stage, chunk, &Stage::client_sends, &Stage::engine_got);
}

std::size_t most_of_an_answered_chunk(Stage& stage, const std::string& chunk) {
  return most_of_a_chunk(stage, chunk, &Stage::engine_sends, &Stage::client_got);
}

void open(Stage& stage, std::string_view request, std::string_view answer) {
  stage.client_sends(request);
  stage.settle();
  ASSERT_NE(stage.engine_got(), "");
  stage.engine_sends(answer);
  stage.settle();
  ASSERT_NE(stage.client_got(), "");
}

TEST(AllocationsOfAChunk, in_a_request_with_length) {
  Stage stage;
  stage.client_sends(with(upload, "Content-Length: 100000000"));
  EXPECT_LE(most_of_a_sent_chunk(stage, plain), 0U);
}

TEST(AllocationsOfAChunk, in_a_chunked_request) {
  Stage stage;
  stage.client_sends(with(upload, "Transfer-Encoding: chunked"));
  EXPECT_LE(most_of_a_sent_chunk(stage, chunked), 0U);
}

TEST(AllocationsOfAChunk, in_an_answer_with_length) {
  Stage stage;
  open(stage, download, with("HTTP/1.1 200 OK\r\n", "Content-Length: 100000000"));
  EXPECT_LE(most_of_an_answered_chunk(stage, plain), 0U);
}

TEST(AllocationsOfAChunk, in_a_chunked_answer) {
  Stage stage;
  open(stage, download, with("HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked"));
  EXPECT_LE(most_of_an_answered_chunk(stage, chunked), 0U);
}

TEST(AllocationsOfAChunk, in_an_answer_without_length) {
  Stage stage;
  open(stage, download, with("HTTP/1.1 200 OK\r\n", "Content-Type: application/x-tar"));
  EXPECT_LE(most_of_an_answered_chunk(stage, plain), 0U);
}

TEST(AllocationsOfAChunk, in_a_tunnel_either_way) {
  Stage stage;
  open(stage, attach, with("HTTP/1.1 101 UPGRADED\r\n", "Connection: Upgrade\r\nUpgrade: tcp"));
  EXPECT_LE(most_of_an_answered_chunk(stage, plain), 0U);
  EXPECT_LE(most_of_a_sent_chunk(stage, plain), 0U);
}

}  // namespace
}  // namespace proxy
