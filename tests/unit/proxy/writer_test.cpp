// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/writer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace proxy::http {
namespace {

std::string request_head(const RequestHead& from_client, OutgoingBody body,
                         std::string_view upgrade = "") {
  acl::Request request;
  EXPECT_EQ(acl::understand("POST", "/v1.41/containers/%77eb/attach?stream=1&x=2", {}, request),
            std::nullopt);
  std::string out;
  begin_request_head(request, from_client, acl::Habits::drop, upgrade, out);
  end_request_head(body, out);
  return out;
}

TEST(RequestWriter, sends_a_head_of_its_own) {
  RequestHead from_client;
  from_client.fields = {
      {"host", "evil"},        {"X-Registry-Auth", "e30="},   {"Connection", "keep-alive"},
      {"Content-Length", "7"}, {"Transfer-Encoding", "x"},    {"X-Forwarded-For", "1.2.3.4"},
      {"Accept", "*/*"},       {"x-registry-auth", "second"}, {"X-Meta-a", "b"}};
  EXPECT_EQ(request_head(from_client, {Framing::length, 3}),
            "POST /v1.41/containers/web/attach?stream=1 HTTP/1.1\r\nHost: "
            "docker\r\nX-Registry-Auth: e30=\r\n"
            "Accept: */*\r\nX-Meta-a: b\r\nContent-Length: 3\r\n\r\n");
}

TEST(RequestWriter, passes_on_what_the_engine_reads_whatever_its_case) {
  RequestHead from_client;
  const std::vector<std::string_view> names{
      "accept",          "CONTENT-TYPE",      "Origin",           "User-Agent",
      "x-registry-auth", "X-Registry-Config", "Sec-WebSocket-Key"};
  std::string expected;
  for (const auto name : names) {
    from_client.fields.emplace_back(name, "x");
    expected.append(name).append(": x\r\n");
  }
  for (const std::string_view name : {"Expect", "Keep-Alive", "TE", "Trailer", "Sec-WebSocket-",
                                      "Proxy-Connection", "Proxy-Authenticate", "Cookie"})
    from_client.fields.emplace_back(name, "y");
  const auto head = request_head(from_client, {});
  EXPECT_EQ(head.substr(head.find("Host: docker")), "Host: docker\r\n" + expected + "\r\n");
}

TEST(RequestWriter, passes_on_each_method_that_a_build_session_serves) {
  RequestHead from_client;
  from_client.fields = {{"X-Docker-Expose-Session-Grpc-Method", "/a"},
                        {"X-Docker-Expose-Session-Grpc-Method", "/b"}};
  const auto head = request_head(from_client, {});
  EXPECT_NE(head.find("Grpc-Method: /a\r\nX-Docker-Expose-Session-Grpc-Method: /b\r\n"), head.npos);
}

TEST(RequestWriter, asks_for_an_upgrade_only_where_told) {
  RequestHead from_client;
  from_client.fields = {{"Upgrade", "tcp"}, {"Connection", "Upgrade"}};
  EXPECT_EQ(request_head(from_client, {}).find("Upgrade"), std::string::npos);
  EXPECT_NE(request_head(from_client, {}, "tcp").find("Connection: Upgrade\r\nUpgrade: tcp\r\n"),
            std::string::npos);
}

TEST(ResponseWriter, leaves_out_what_concerns_one_hop_only) {
  ResponseHead head;
  head.status = 200;
  head.phrase = "OK";
  head.fields = {{"Api-Version", "1.41"}, {"Connection", "keep-alive, X-Private"},
                 {"X-Private", "1"},      {"Transfer-Encoding", "chunked"},
                 {"Keep-Alive", "1"},     {"Trailer", "T"}};
  std::string out;
  append_response_head(head, {Framing::chunked}, Connection::unsaid, out);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST(ResponseWriter, leaves_out_each_field_of_one_hop_whatever_its_case) {
  ResponseHead head;
  head.status = 200;
  for (const std::string_view name :
       {"connection", "KEEP-ALIVE", "Proxy-Connection", "TE", "te", "Trailer", "Upgrade",
        "Proxy-Authenticate", "Transfer-Encoding", "Content-Length"})
    head.fields.emplace_back(name, "x");
  for (const std::string_view name : {"Host", "Expect", "Origin", "Content-Type", "Tea"})
    head.fields.emplace_back(name, "y");
  std::string out;
  append_response_head(head, {Framing::length, 3}, Connection::unsaid, out);
  EXPECT_EQ(out,
            "HTTP/1.1 200 \r\nHost: y\r\nExpect: y\r\nOrigin: y\r\nContent-Type: y\r\n"
            "Tea: y\r\nContent-Length: 3\r\n\r\n");
}

TEST(ResponseWriter, keeps_the_length_of_an_answer_to_head) {
  ResponseHead head;
  head.status = 200;
  head.phrase = "OK";
  head.fields = {{"Content-Length", "42"}};
  std::string out;
  append_response_head(head, {}, Connection::close, out);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 42\r\n\r\n");
}

TEST(RefusalWriter, answers_in_the_engines_shape) {
  std::string out;
  append_refusal(acl::Refusal(acl::Reason::operation_denied, "no \"x\""), Connection::unsaid, false,
                 out);
  EXPECT_NE(out.find("HTTP/1.1 403 Forbidden\r\n"), std::string::npos);
  EXPECT_NE(out.find("Tidegate-Reason: operation.denied\r\n"), std::string::npos);
  EXPECT_NE(out.find(R"({"message":"tidegate: no \"x\"","reason":"operation.denied"})"),
            std::string::npos);
}

TEST(RefusalWriter, sends_no_body_to_a_head_request) {
  std::string out;
  append_refusal(acl::Refusal(acl::Reason::operation_denied), Connection::close, true, out);
  EXPECT_TRUE(out.ends_with("\r\n\r\n"));
}

}  // namespace
}  // namespace proxy::http
