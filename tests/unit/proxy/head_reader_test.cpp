// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/head_reader.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "proxy/http/head_agreement.hpp"

namespace proxy::http {
namespace {

using acl::Reason;

constexpr HeadLimits unbounded{std::string_view::npos, std::string_view::npos,
                               std::string_view::npos};

std::optional<Reason> read(const std::string& fields, RequestHead& head) {
  static std::string bytes;  // the head's views point into it
  bytes = "POST /build HTTP/1.1\r\n" + fields + "\r\n";
  return read_request_head(bytes, unbounded, head);
}

std::optional<Reason> reason_for(const std::string& fields) {
  RequestHead head;
  return read(fields, head);
}

TEST(HeadReader, reads_a_head) {
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

TEST(HeadReader, knows_when_a_connection_lives_on) {
  RequestHead head;
  ASSERT_EQ(read("Host: x\r\nConnection: close\r\n", head), std::nullopt);
  EXPECT_FALSE(head.keep_alive);
  ASSERT_EQ(read_request_head("GET / HTTP/1.0\r\n\r\n", unbounded, head), std::nullopt);
  EXPECT_FALSE(head.keep_alive);
}

TEST(HeadReader, takes_one_framing_said_once) {
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

TEST(HeadReader, refuses_transfer_encoding_in_http_1_0) {
  RequestHead head;
  EXPECT_EQ(read_request_head("POST /build HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                              unbounded, head),
            Reason::framing_encoding);
}

TEST(HeadReader, wants_exactly_one_host) {
  EXPECT_EQ(reason_for(""), Reason::head_host);
  EXPECT_EQ(reason_for("Host: x\r\nHost: x\r\n"), Reason::head_host);
  EXPECT_EQ(reason_for("Host:\r\n"), std::nullopt)
      << "docker 20.10 sends an empty one when it hijacks";
}

ResponseHead answer(const std::string& bytes, bool to_head = false) {
  ResponseHead head;
  EXPECT_TRUE(read_response_head(bytes, unbounded, to_head, head));
  return head;
}

TEST(HeadReader, knows_how_an_answers_body_ends) {
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

TEST(HeadReader, reads_an_answers_head) {
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

TEST(HeadReader, takes_a_status_line_without_a_phrase) {
  EXPECT_EQ(answer("HTTP/1.1 200 \r\n\r\n").phrase, "");
  EXPECT_EQ(answer("HTTP/1.1 200\r\n\r\n").status, 200U);
}

TEST(HeadReader, refuses_answers_that_can_be_read_in_two_ways) {
  ResponseHead head;
  for (const std::string line :
       {"HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 +20 OK", "HTTP/1.1 099 OK",
        "HTTP/2.0 200 OK", "HTTP/1.2 200 OK", "HTTP/1.1  200 OK", "HTTP/1.1 200OK",
        "http/1.1 200 OK", "ICY 200 OK", "HTTP/1.1 200 O\vK", "HTTP/1.1", ""})
    EXPECT_FALSE(read_response_head(line + "\r\n\r\n", unbounded, false, head)) << line;
  for (const std::string fields :
       {"Content-Length: 1\r\nContent-Length: 1", "Content-Length: 1\r\nTransfer-Encoding: chunked",
        "Content-Length: +1", "Content-Length: 1, 1", "Content-Length:", "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Content-Length : 1",
        "Transfer-Encoding:\r\n chunked"})
    EXPECT_FALSE(
        read_response_head("HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\n", unbounded, false, head))
        << fields;
  EXPECT_FALSE(read_response_head("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                  unbounded, false, head));
}

TEST(HeadReader, bounds_an_answers_head) {
  ResponseHead head;
  const std::string bytes = "HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n";
  EXPECT_TRUE(read_response_head(bytes, {.bytes = bytes.size(), .fields = 2}, false, head));
  EXPECT_FALSE(read_response_head(bytes, {.bytes = bytes.size() - 1}, false, head));
  EXPECT_FALSE(read_response_head(bytes, {.fields = 1}, false, head));
}

/// In HTTP/1.0 llhttp keeps a connection alive that a head wants closed and kept at once.
bool closes_and_keeps(const Head& head) {
  bool closes = false, keeps = false;
  for (const auto& field : head.fields) {
    if (field.known != Known::connection) continue;
    closes = closes || list_contains(field.value, "close");
    keeps = keeps || list_contains(field.value, "keep-alive");
  }
  return head.minor_version == 0 && closes && keeps;
}

/// Heads of which most are good, from a seed: the same ones in every run.
class Heads {
 public:
  std::string request() {
    return ended(pick({"GET", "POST", "HEAD", "DELETE", "PUT", "OPTIONS"}) + " " +
                 pick({"/", "/a?b=c", "*", "/%20/", "http://x/", "/~{|}^`\"<>\\", "/a b", "/#"}) +
                 " HTTP/" + pick(versions_) + "\r\nHost: x");
  }
  std::string answer() {
    return ended("HTTP/" + pick(versions_) + " " + pick(codes_) + pick(phrases_));
  }
  bool one_in_four() { return random_() % 4 == 0; }

 private:
  std::string pick(const std::vector<std::string>& from) { return from[random_() % from.size()]; }

  std::string ended(std::string begun) {
    begun += "\r\n";
    for (auto fields = random_() % 4; fields != 0; --fields)
      begun += pick(names_) + ":" + pick({"", " "}) + pick(values_) + "\r\n";
    return begun + "\r\n";
  }

  std::mt19937 random_{20251123};
  const std::vector<std::string> versions_{"1.1", "1.1", "1.1", "1.0", "2.0", "1.", "11"};
  const std::vector<std::string> codes_{"200", "204", "304", "101", "100",
                                        "404", "999", "20",  "2000"};
  const std::vector<std::string> phrases_{" OK",       "",     " ", "  Two  words ",
                                          " \xc3\xbc", "\tOK", "x"};
  const std::vector<std::string> names_{"Content-Length", "content-length", "Transfer-Encoding",
                                        "Connection",     "CONNECTION",     "Date",
                                        "Content-Lengt",  "Upgrade",        "Expect"};
  const std::vector<std::string> values_{"",
                                         "0",
                                         "5",
                                         "005",
                                         "+5",
                                         "5 5",
                                         "chunked",
                                         "gzip",
                                         "close",
                                         "18446744073709551616",
                                         "keep-alive",
                                         "Chunked",
                                         "tcp",
                                         "upgrade",
                                         "chunked, chunked",
                                         "closed",
                                         "100-continue",
                                         " \t close",
                                         "x,keep-alive ,y",
                                         "Keep-Alive, close"};
};

TEST(HeadReader, reads_no_request_in_another_way_than_llhttp_does) {
  Heads heads;
  int accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    const auto bytes = heads.request();
    RequestHead head;
    if (read_request_head(bytes, unbounded, head)) continue;
    ++accepted;
    ASSERT_TRUE(llhttp_agrees(bytes, head) || closes_and_keeps(head))
        << testing::PrintToString(bytes);
  }
  EXPECT_GT(accepted, 5'000);
}

TEST(HeadReader, reads_no_answer_in_another_way_than_llhttp_does) {
  Heads heads;
  int accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    const auto bytes = heads.answer();
    const bool to_head = heads.one_in_four();
    ResponseHead head;
    if (!read_response_head(bytes, unbounded, to_head, head)) continue;
    ++accepted;
    ASSERT_TRUE(llhttp_agrees(bytes, head, to_head) || closes_and_keeps(head))
        << testing::PrintToString(bytes);
  }
  EXPECT_GT(accepted, 5'000);
}

}  // namespace
}  // namespace proxy::http
