// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/parser.hpp"

#include <gtest/gtest.h>

#include <string>

namespace proxy::http {
namespace {

using acl::Reason;

std::optional<Reason> read(const std::string& fields, RequestHead& head) {
  Parser parser(HTTP_REQUEST);
  static std::string bytes;  // the head's views point into it
  bytes = "POST /build HTTP/1.1\r\n" + fields + "\r\n";
  return parser.read(bytes, head);
}

std::optional<Reason> reason_for(const std::string& fields) {
  RequestHead head;
  return read(fields, head);
}

TEST(Parser, is_built_in_strict_mode) {
  // CVE-2025-23167: the loose build makes two requests of this.
  Parser parser(HTTP_REQUEST);
  RequestHead head;
  EXPECT_NE(
      parser.read("GET /a HTTP/1.1\r\nHost: x\r\n\rXGET /b HTTP/1.1\r\nHost: x\r\n\r\n", head),
      std::nullopt);
}

TEST(Parser, reads_a_head) {
  RequestHead head;
  ASSERT_EQ(read("Host: x\r\nEmpty:\r\nA:  b  \r\nContent-Length: 12\r\n", head), std::nullopt);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/build");
  ASSERT_EQ(head.fields.size(), 4U);
  EXPECT_EQ(head.fields[1].name, "Empty");
  EXPECT_EQ(head.fields[1].value, "");
  EXPECT_EQ(head.fields[2].value, "b");
  EXPECT_EQ(head.framing, Framing::length);
  EXPECT_EQ(head.length, 12U);
  EXPECT_TRUE(head.keep_alive);
}

TEST(Parser, knows_when_a_connection_lives_on) {
  RequestHead head;
  ASSERT_EQ(read("Host: x\r\nConnection: close\r\n", head), std::nullopt);
  EXPECT_FALSE(head.keep_alive);
  Parser parser(HTTP_REQUEST);
  ASSERT_EQ(parser.read("GET / HTTP/1.0\r\n\r\n", head), std::nullopt);
  EXPECT_FALSE(head.keep_alive);
}

TEST(Parser, takes_one_framing_said_once) {
  const std::string host = "Host: x\r\n";
  EXPECT_EQ(reason_for(host + "Transfer-Encoding: chunked\r\n"), std::nullopt);
  EXPECT_EQ(reason_for(host + "Transfer-Encoding: CHUNKED\r\n"), std::nullopt);
  EXPECT_EQ(reason_for(host + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
            Reason::framing_both);
  EXPECT_EQ(reason_for(host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
            Reason::framing_both);
  for (const std::string coding : {"gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked",
                                   "identity", "\"chunked\"", "chunkedx", ""})
    EXPECT_NE(reason_for(host + "Transfer-Encoding: " + coding + "\r\n"), std::nullopt) << coding;
  for (const std::string length :
       {"", "+5", "-5", "0x5", "5, 5", "5 5", "1e3", "99999999999999999999"})
    EXPECT_NE(reason_for(host + "Content-Length: " + length + "\r\n"), std::nullopt) << length;
  EXPECT_EQ(reason_for(host + "Content-Length: 5\r\nContent-Length: 5\r\n"),
            Reason::framing_length);
}

TEST(Parser, refuses_transfer_encoding_in_http_1_0) {
  Parser parser(HTTP_REQUEST);
  RequestHead head;
  EXPECT_EQ(parser.read("POST /build HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", head),
            Reason::framing_encoding);
}

TEST(Parser, wants_exactly_one_host) {
  EXPECT_EQ(reason_for(""), Reason::head_host);
  EXPECT_EQ(reason_for("Host: x\r\nHost: x\r\n"), Reason::head_host);
  EXPECT_EQ(reason_for("Host:\r\n"), std::nullopt)
      << "docker 20.10 sends an empty one when it hijacks";
}

/// Feeds a chunked body in pieces of `step` bytes. \returns its payload, or "malformed".
std::string dechunk(const std::string& body, std::size_t step) {
  Parser parser(HTTP_REQUEST);
  RequestHead head;
  EXPECT_EQ(parser.read("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", head),
            std::nullopt);
  std::string payload;
  std::vector<std::string_view> data;
  for (std::size_t at = 0; at < body.size();) {
    const auto progress = parser.feed(std::string_view(body).substr(at, step), data);
    if (!progress) return "malformed";
    for (const auto piece : data) payload += piece;
    at += progress->consumed;
    if (progress->complete) return payload + "|" + body.substr(at);
  }
  return payload + "…";
}

TEST(Parser, takes_a_chunked_body_apart_in_pieces_of_any_size) {
  const std::string body = "5\r\nhello\r\n1;ext=1\r\n!\r\n0\r\nTrailer: x\r\n\r\nnext";
  for (std::size_t step = 1; step <= body.size(); ++step)
    EXPECT_EQ(dechunk(body, step), "hello!|next") << step;
}

TEST(Parser, refuses_malformed_chunks) {
  for (const std::string body : {"5\nhello\r\n0\r\n\r\n", "5\r\nhello!\r\n", "x\r\n", "5\rhello",
                                 "-1\r\n", "5\r\nhello\rX0\r\n\r\n", "fffffffffffffffff\r\n"})
    EXPECT_EQ(dechunk(body, body.size()), "malformed") << body;
}

TEST(Parser, bounds_chunk_extensions_and_trailers) {
  const std::string much(9000, 'x');
  EXPECT_EQ(dechunk("5;" + much + "\r\nhello\r\n0\r\n\r\n", 1000), "malformed");
  EXPECT_EQ(dechunk("0\r\nT: " + much + "\r\n\r\n", 1000), "malformed");
}

ResponseHead answer(const std::string& bytes, bool to_head = false) {
  Parser parser(HTTP_RESPONSE);
  ResponseHead head;
  EXPECT_TRUE(parser.read(bytes, to_head, head));
  return head;
}

TEST(Parser, knows_how_an_answers_body_ends) {
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n").framing, Framing::length);
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").framing,
            Framing::chunked);
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\n\r\n").framing, Framing::until_eof);
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", true).framing, Framing::none);
  EXPECT_EQ(answer("HTTP/1.1 204 No Content\r\n\r\n").framing, Framing::none);
  EXPECT_EQ(answer("HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n").framing,
            Framing::none);
  EXPECT_EQ(answer("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n").framing,
            Framing::none);
}

}  // namespace
}  // namespace proxy::http
