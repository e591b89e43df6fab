// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/parser.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/unit/proxy/answer_reference.hpp"

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

constexpr HeadLimits unbounded{std::string_view::npos, std::string_view::npos,
                               std::string_view::npos};

ResponseHead answer(const std::string& bytes, bool to_head = false) {
  Parser parser(HTTP_RESPONSE);
  ResponseHead head;
  EXPECT_TRUE(parser.read(bytes, unbounded, to_head, head));
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

TEST(Parser, reads_an_answers_head) {
  const std::string bytes =
      "HTTP/1.1 404 Not Found\r\nA:  b \r\nEmpty:\r\nContent-Length: 007\r\n\r\n";
  const auto head = answer(bytes);
  EXPECT_EQ(head.status, 404U);
  EXPECT_EQ(head.phrase, "Not Found");
  EXPECT_EQ(head.length, 7U);
  ASSERT_EQ(head.fields.size(), 3U);
  EXPECT_EQ(head.fields[0].value, "b");
  EXPECT_EQ(head.value_of("empty"), "");
}

TEST(Parser, takes_a_status_line_without_a_phrase) {
  EXPECT_EQ(answer("HTTP/1.1 200 \r\n\r\n").phrase, "");
  EXPECT_EQ(answer("HTTP/1.1 200\r\n\r\n").status, 200U);
}

TEST(Parser, refuses_answers_that_can_be_read_in_two_ways) {
  Parser parser(HTTP_RESPONSE);
  ResponseHead head;
  for (const std::string line :
       {"HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 +20 OK", "HTTP/1.1 099 OK",
        "HTTP/2.0 200 OK", "HTTP/1.2 200 OK", "HTTP/1.1  200 OK", "HTTP/1.1 200OK",
        "http/1.1 200 OK", "ICY 200 OK", "HTTP/1.1 200 O\vK", "HTTP/1.1", ""})
    EXPECT_FALSE(parser.read(line + "\r\n\r\n", unbounded, false, head)) << line;
  for (const std::string fields :
       {"Content-Length: 1\r\nContent-Length: 1", "Content-Length: 1\r\nTransfer-Encoding: chunked",
        "Content-Length: +1", "Content-Length: 1, 1", "Content-Length:", "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Content-Length : 1",
        "Transfer-Encoding:\r\n chunked"})
    EXPECT_FALSE(parser.read("HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\n", unbounded, false, head))
        << fields;
  EXPECT_FALSE(
      parser.read("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", unbounded, false, head));
}

TEST(Parser, bounds_an_answers_head) {
  Parser parser(HTTP_RESPONSE);
  ResponseHead head;
  const std::string bytes = "HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n";
  EXPECT_TRUE(parser.read(bytes, {.bytes = bytes.size(), .fields = 2}, false, head));
  EXPECT_FALSE(parser.read(bytes, {.bytes = bytes.size() - 1}, false, head));
  EXPECT_FALSE(parser.read(bytes, {.fields = 1}, false, head));
}

TEST(Parser, takes_a_chunked_answer_apart_whatever_was_read_before) {
  Parser parser(HTTP_RESPONSE);
  ResponseHead head;
  std::vector<std::string_view> data;
  for (const std::string body : {"3\r\nabc\r\n0\r\nT: x\r\n\r\n", "3;e=1\r\nabc\r\n0\r\n\r\n"}) {
    EXPECT_TRUE(
        parser.read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", unbounded, false, head));
    EXPECT_TRUE(parser.read("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", unbounded,
                            false, head));
    const auto progress = parser.feed(body, data);
    ASSERT_TRUE(progress && progress->complete);
    EXPECT_EQ(progress->consumed, body.size());
    EXPECT_EQ(data, std::vector<std::string_view>{"abc"});
  }
  EXPECT_TRUE(
      parser.read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", unbounded, false, head));
  EXPECT_FALSE(parser.feed("0\r\nT: " + std::string(9000, 'x') + "\r\n\r\n", data));
  EXPECT_TRUE(
      parser.read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", unbounded, false, head));
  EXPECT_FALSE(parser.feed("3\nabc\r\n0\r\n\r\n", data));
}

TEST(Parser, reads_no_answer_in_another_way_than_llhttp_does) {
  std::mt19937 random(20251123);
  const auto pick = [&random](const std::vector<std::string>& from) {
    return from[random() % from.size()];
  };
  const std::vector<std::string> versions{"1.1", "1.1", "1.1", "1.0", "2.0", "1.", "11"};
  const std::vector<std::string> codes{"200", "204", "304", "101", "100",
                                       "404", "999", "20",  "2000"};
  const std::vector<std::string> phrases{" OK", "", " ", "  Two  words ", " \xc3\xbc", "\tOK", "x"};
  const std::vector<std::string> names{"Content-Length", "content-length", "Transfer-Encoding",
                                       "Connection",     "CONNECTION",     "Date",
                                       "Content-Lengt",  "Upgrade"};
  const std::vector<std::string> values{"",
                                        "0",
                                        "5",
                                        "005",
                                        "+5",
                                        "5 5",
                                        "18446744073709551616",
                                        "chunked",
                                        "Chunked",
                                        "chunked, chunked",
                                        "gzip",
                                        "close",
                                        "keep-alive",
                                        "Keep-Alive, close",
                                        "x,keep-alive ,y",
                                        "upgrade",
                                        "closed",
                                        " \t close",
                                        "tcp"};
  int accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    auto bytes = "HTTP/" + pick(versions) + " " + pick(codes) + pick(phrases) + "\r\n";
    for (auto fields = random() % 4; fields != 0; --fields)
      bytes += pick(names) + ":" + pick({"", " "}) + pick(values) + "\r\n";
    bytes += "\r\n";
    const bool to_head = random() % 4 == 0;
    Parser parser(HTTP_RESPONSE);
    ResponseHead head;
    if (!parser.read(bytes, unbounded, to_head, head)) continue;
    ++accepted;
    const auto expected = reference::read_answer(bytes, to_head);
    ASSERT_TRUE(expected) << testing::PrintToString(bytes);
    ASSERT_EQ(reference::shown(head), reference::shown(*expected)) << testing::PrintToString(bytes);
  }
  EXPECT_GT(accepted, 5'000);
}

}  // namespace
}  // namespace proxy::http
