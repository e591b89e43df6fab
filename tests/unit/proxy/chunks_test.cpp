// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/chunks.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace proxy::http {
namespace {

TEST(Chunks, are_read_in_strict_mode) {
  // CVE-2025-23167: the loose build takes a lone CR for a line's end.
  std::vector<std::string_view> data;
  Chunks chunks;
  EXPECT_FALSE(chunks.feed("0\r\nT: x\r\n\rX", data));
}

/// Feeds a chunked body in pieces of `step` bytes. \returns its payload, or "malformed".
std::string dechunk(const std::string& body, std::size_t step) {
  Chunks chunks;
  std::string payload;
  std::vector<std::string_view> data;
  for (std::size_t at = 0; at < body.size();) {
    const auto progress = chunks.feed(std::string_view(body).substr(at, step), data);
    if (!progress) return "malformed";
    for (const auto piece : data) payload += piece;
    at += progress->consumed;
    if (progress->complete) return payload + "|" + body.substr(at);
  }
  return payload + "…";
}

TEST(Chunks, are_taken_apart_in_pieces_of_any_size) {
  const std::string body = "5\r\nhello\r\n1;ext=1\r\n!\r\n0\r\nTrailer: x\r\n\r\nnext";
  for (std::size_t step = 1; step <= body.size(); ++step)
    EXPECT_EQ(dechunk(body, step), "hello!|next") << step;
}

TEST(Chunks, are_left_until_they_are_whole) {
  Chunks chunks;
  std::vector<std::string_view> data;
  const std::string body = "3\r\nabc\r\n5\r\nhello\r\n7\r\ntoolong\r\n0\r\n\r\n";
  const std::string_view begun = std::string_view(body).substr(0, body.find("lo\r\n"));
  const auto first = chunks.feed(begun, data, 6);
  ASSERT_TRUE(first);
  EXPECT_EQ(data, (std::vector<std::string_view>{"abc"}));
  EXPECT_EQ(begun.substr(first->consumed), "hel");
  EXPECT_EQ(chunks.awaited(), 5U);
  auto rest = std::string_view(body).substr(first->consumed);
  EXPECT_EQ(chunks.feed(rest.substr(0, 4), data, 6)->consumed, 0U);
  EXPECT_EQ(data.size(), 0U);
  const auto second = chunks.feed(rest.substr(0, rest.find("long")), data, 6);
  EXPECT_EQ(data, (std::vector<std::string_view>{"hello", "too"}))
      << "this one is too long to wait";
  rest.remove_prefix(second->consumed);
  EXPECT_TRUE(chunks.feed(rest, data, 6)->complete);
  EXPECT_EQ(data, (std::vector<std::string_view>{"long"}));
}

TEST(Chunks, are_left_only_where_there_is_room_for_them) {
  for (const std::size_t step : {1U, 2U, 7U, 100U}) {
    Chunks chunks;
    std::vector<std::string_view> data;
    const std::string body = "5\r\nhello\r\n1;ext=1\r\n!\r\n0\r\nTrailer: x\r\n\r\nnext";
    std::string payload;
    for (std::size_t at = 0, size = step; at < body.size(); size += step) {
      const auto progress = chunks.feed(std::string_view(body).substr(at, size), data, 4);
      ASSERT_TRUE(progress);
      for (const auto piece : data) payload += piece;
      at += progress->consumed;
      if (progress->consumed != 0) size = 0;
      if (progress->complete) break;
    }
    EXPECT_EQ(payload, "hello!") << step;
  }
}

TEST(Chunks, are_refused_where_they_are_malformed) {
  for (const std::string body : {"5\nhello\r\n0\r\n\r\n", "5\r\nhello!\r\n", "x\r\n", "5\rhello",
                                 "-1\r\n", "5\r\nhello\rX0\r\n\r\n", "fffffffffffffffff\r\n"})
    EXPECT_EQ(dechunk(body, body.size()), "malformed") << body;
}

TEST(Chunks, do_not_end_in_a_lone_line_feed) {
  for (const std::string body : {"0\r\n\n", "0\r\nA: b\r\n\n", "1\r\nx\r\n0\r\n\nnext"})
    for (const std::size_t step : {1U, 2U, 100U})
      EXPECT_EQ(dechunk(body, step), "malformed") << body << step;
}

TEST(Chunks, are_refused_with_a_framing_in_their_trailers) {
  EXPECT_EQ(dechunk("0\r\nTransfer-Encoding: chunked\r\n\r\n", 1000), "malformed");
}

TEST(Chunks, may_have_extensions_and_trailers_up_to_a_bound) {
  const std::string much(9000, 'x');
  EXPECT_EQ(dechunk("5;" + much + "\r\nhello\r\n0\r\n\r\n", 1000), "malformed");
  EXPECT_EQ(dechunk("0\r\nT: " + much + "\r\n\r\n", 1000), "malformed");
}

TEST(Chunks, are_listed_a_few_hundred_at_a_time) {
  std::string body, payload;
  for (int i = 0; i < 5000; ++i)
    body += "1\r\n" + std::string(1, static_cast<char>('a' + i % 26)) + "\r\n";
  for (int i = 0; i < 5000; ++i) payload += static_cast<char>('a' + i % 26);
  EXPECT_EQ(dechunk(body + "0\r\n\r\nnext", body.size() + 100), payload + "|next");

  Chunks chunks;
  std::vector<std::string_view> data;
  ASSERT_TRUE(chunks.feed(body, data));
  EXPECT_LE(data.size(), 300U);
}

TEST(Chunks, begin_anew_whatever_came_of_the_body_before) {
  Chunks chunks;
  std::vector<std::string_view> data;
  for (const std::string body : {"3\r\nabc\r\n0\r\nT: x\r\n\r\n", "3;e=1\r\nabc\r\n0\r\n\r\n"}) {
    chunks.begin();
    const auto progress = chunks.feed(body, data);
    ASSERT_TRUE(progress && progress->complete);
    EXPECT_EQ(progress->consumed, body.size());
    EXPECT_EQ(data, std::vector<std::string_view>{"abc"});
  }
  for (const std::string& malformed :
       {"0\r\nT: " + std::string(9000, 'x') + "\r\n\r\n", std::string("3\nabc\r\n0\r\n\r\n")}) {
    chunks.begin();
    EXPECT_FALSE(chunks.feed(malformed, data)) << malformed;
  }
  chunks.begin();
  EXPECT_FALSE(chunks.feed("3\r\nab", data)->complete);
  chunks.begin();
  EXPECT_TRUE(chunks.feed("0\r\n\r\n", data)->complete);
}

}  // namespace
}  // namespace proxy::http
