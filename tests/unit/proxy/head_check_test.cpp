// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/head_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/proxy/head_check_reference.hpp"

namespace proxy::http {
namespace {

using acl::Reason;

std::optional<Reason> check(const std::string& head) {
  return check_request_head(head, {});
}

std::string with_field(const std::string& line) {
  return "GET /info HTTP/1.1\r\nHost: x\r\n" + line + "\r\n\r\n";
}

TEST(HeadCheck, accepts_what_docker_clients_send) {
  EXPECT_EQ(
      check("HEAD /_ping HTTP/1.1\r\nHost: api.moby.localhost\r\nUser-Agent: Docker-Client/28.2.2 "
            "(linux)\r\n\r\n"),
      std::nullopt);
  EXPECT_EQ(check("GET /info HTTP/1.0\r\n\r\n"), std::nullopt);
  EXPECT_EQ(check(with_field("X-Registry-Auth: e30=")), std::nullopt);
  EXPECT_EQ(check(with_field("Empty:")), std::nullopt);
  EXPECT_EQ(check(with_field("Tabbed: a\tb")), std::nullopt);
}

struct Bad {
  std::string head;
  Reason reason;
};

TEST(HeadCheck, refuses_what_parsers_disagree_about) {
  const std::string nul("A: b\0c", 6);
  const Bad rows[] = {
      {"GET /info HTTP/1.1\nHost: x\r\n\r\n", Reason::head_line_end},
      {"GET /info HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", Reason::head_line_end},
      {"GET /info HTTP/1.1\r\nHost: x\r\rA: b\r\n\r\n", Reason::head_line_end},
      {with_field("Dummy:\rContent-Length: 5"), Reason::head_line_end},
      {with_field("A: b\r\n folded"), Reason::head_folded},
      {with_field("Transfer-Encoding:\r\n\tchunked"), Reason::head_folded},
      {with_field("A B: c"), Reason::head_field_name},
      {with_field("A : c"), Reason::head_field_name},
      {with_field(": c"), Reason::head_field_name},
      {with_field("no colon"), Reason::head_field_name},
      {with_field(nul), Reason::head_field_value},
      {with_field("A: \x7f"), Reason::head_field_value},
      {with_field("A: \xc3\xbc"), Reason::head_field_value},
      {"GET  /info HTTP/1.1\r\n\r\n", Reason::head_request_line},
      {"GET /info  HTTP/1.1\r\n\r\n", Reason::head_request_line},
      {"GET /info\r\n\r\n", Reason::head_request_line},
      {"\r\nGET /info HTTP/1.1\r\n\r\n", Reason::head_request_line},
      {" GET /info HTTP/1.1\r\n\r\n", Reason::head_request_line},
      {"GE(T /info HTTP/1.1\r\n\r\n", Reason::head_request_line},
      {"GET /in\tfo HTTP/1.1\r\n\r\n", Reason::target_bad_byte},
      {"GET /in\xffo HTTP/1.1\r\n\r\n", Reason::target_bad_byte},
      {"GET /info HTTP/1.2\r\n\r\n", Reason::head_version},
      {"GET /info HTTP/0.9\r\n\r\n", Reason::head_version},
      {"GET /info http/1.1\r\n\r\n", Reason::head_version},
      {"GET /info RTSP/1.0\r\n\r\n", Reason::head_version},
      {"PRI * HTTP/2.0\r\n\r\n", Reason::head_http2},
  };
  for (const auto& row : rows) EXPECT_EQ(check(row.head), row.reason) << row.head;
}

TEST(HeadCheck, bounds_the_head_its_fields_and_its_target) {
  const std::string head = "GET /info HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n";
  EXPECT_EQ(check_request_head(head, {.bytes = head.size()}), std::nullopt);
  EXPECT_EQ(check_request_head(head, {.bytes = head.size() - 1}), Reason::head_too_large);
  EXPECT_EQ(check_request_head(head, {.fields = 2}), std::nullopt);
  EXPECT_EQ(check_request_head(head, {.fields = 1}), Reason::head_too_many_fields);
  EXPECT_EQ(check_request_head(head, {.target_bytes = 5}), std::nullopt);
  EXPECT_EQ(check_request_head(head, {.target_bytes = 4}), Reason::target_too_long);
}

TEST(HeadCheck, tells_a_hopeless_beginning_before_the_head_is_whole) {
  EXPECT_EQ(hopeless("GET /info HTTP/1.1\r\nHo"), std::nullopt);
  EXPECT_EQ(hopeless("GET /info HTTP/1.1\r"), std::nullopt);
  EXPECT_EQ(hopeless("GET /info HTTP/1.1\nHost"), Reason::head_line_end);
  EXPECT_EQ(hopeless("\n"), Reason::head_line_end);
  EXPECT_EQ(hopeless("GET /info HTTP/1.1\r\nA\n", 19), Reason::head_line_end);
  EXPECT_EQ(hopeless("PRI * HTTP/2"), Reason::head_http2);
}

TEST(HeadCheck, lets_the_engine_say_more_but_not_break_lines) {
  EXPECT_TRUE(check_response_head("HTTP/1.1 200 OK\r\nName: \xc3\xbc\r\n\r\n", {}));
  EXPECT_FALSE(check_response_head("HTTP/1.1 200 OK\nA: b\r\n\r\n", {}));
  EXPECT_FALSE(check_response_head("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", {}));
}

/// Heads that are good but for a few bytes, from a seed: the same ones in every run.
class Damaged {
 public:
  std::string next() {
    std::string head = begin_[below(begin_.size())];
    for (auto fields = below(4); fields != 0; --fields) head += piece(lines_);
    head += "\r\n";
    for (auto wounds = below(4); wounds != 0; --wounds) wound(head);
    return head;
  }
  std::size_t below(std::size_t bound) { return random_() % bound; }

 private:
  const std::string& piece(const std::vector<std::string>& pieces) {
    return pieces[below(pieces.size())];
  }

  void wound(std::string& head) {
    const auto at = below(head.size() + 1);
    const auto cut = std::min(below(3), head.size() - at);
    if (below(8) == 0)
      head.replace(at, cut, 1, static_cast<char>(below(256)));
    else
      head.replace(at, cut, piece(odd_));
  }

  std::mt19937 random_{20251123};
  const std::vector<std::string> begin_{
      "GET /info HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", "POST /build?x=%20 HTTP/1.0\r\n",
      "GET /info HTTP/2.0\r\n",
      "DELETE /containers/a-rather-long-name-of-a-container HTTP/1.1\r\n"};
  const std::vector<std::string> lines_{"Host: x\r\n",
                                        "Empty:\r\n",
                                        "A: b\tc\r\n",
                                        "Name: \xc3\xbc\r\n",
                                        "!#$%&'*+-.^_`|~: ~\r\n",
                                        "User-Agent: Docker-Client/28.2.2 (linux)\r\n",
                                        "X-Registry-Auth: e30=\r\n"};
  const std::vector<std::string> odd_{
      "",   "\r", "\n",   "\r\n", "\r\n\r\n", ":",    " ",        "\t",       std::string(1, '\0'),
      "\v", "A",  "\x7f", "\x80", "\xff",     "@",    "HTTP/2.0", "HTTP/1.2", "xxxxxxxxxxxxxxxx",
      "~",  "\"", "\x1f", "\n\r", "\r\n ",    "\r\r", "  ",       "(",        "A:b\r\n"};
};

TEST(HeadCheck, agrees_with_a_check_byte_by_byte) {
  Damaged heads;
  std::set<std::optional<Reason>> seen;
  for (int i = 0; i < 100'000; ++i) {
    const auto head = heads.next();
    HeadLimits limits;
    if (heads.below(4) == 0)
      limits = {heads.below(2 * head.size() + 1), heads.below(4), heads.below(10)};
    const auto expected = reference::check_request_head(head, limits);
    seen.insert(expected);
    ASSERT_EQ(check_request_head(head, limits), expected) << testing::PrintToString(head);
    ASSERT_EQ(check_response_head(head, limits), reference::check_response_head(head, limits))
        << testing::PrintToString(head);
  }
  EXPECT_EQ(seen.size(), 13U) << "every reason there is, and none";
}

}  // namespace
}  // namespace proxy::http
