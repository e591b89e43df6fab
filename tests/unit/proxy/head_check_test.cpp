// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/head_check.hpp"

#include <gtest/gtest.h>

#include <string>

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
  EXPECT_EQ(hopeless("PRI * HTTP/2"), Reason::head_http2);
}

TEST(HeadCheck, lets_the_engine_say_more_but_not_break_lines) {
  EXPECT_TRUE(check_response_head("HTTP/1.1 200 OK\r\nName: \xc3\xbc\r\n\r\n", {}));
  EXPECT_FALSE(check_response_head("HTTP/1.1 200 OK\nA: b\r\n\r\n", {}));
  EXPECT_FALSE(check_response_head("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", {}));
}

}  // namespace
}  // namespace proxy::http
