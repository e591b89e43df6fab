// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/head_agreement.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "proxy/http/head_reader.hpp"

namespace proxy::http {
namespace {

using acl::Reason;

/// A request's head, and what our reader reads in it.
struct Request {
  explicit Request(std::string text) : bytes(std::move(text)) {
    EXPECT_EQ(read_request_head(bytes, {}, head), std::nullopt) << bytes;
  }
  bool agreed() const { return llhttp_agrees(bytes, head); }

  std::string bytes;
  RequestHead head;
};

struct Answer {
  explicit Answer(std::string text, bool to_head_request = false)
      : bytes(std::move(text)), to_head(to_head_request) {
    EXPECT_TRUE(read_response_head(bytes, {}, to_head, head)) << bytes;
  }
  bool agreed() const { return llhttp_agrees(bytes, head, to_head); }

  std::string bytes;
  bool to_head;
  ResponseHead head;
};

const std::string upload =
    "POST /images/load?quiet=1 HTTP/1.1\r\nHost: x\r\nA: b \r\nContent-Length: 5\r\n\r\n";
const std::string found = "HTTP/1.1 200 OK\r\nA: b \r\nServer: d\r\nContent-Length: 5\r\n\r\n";

/// Whether the two still agree once our reader has read something else.
template <class Change>
bool still_agreed(Change change) {
  Request request(upload);
  EXPECT_TRUE(request.agreed());
  change(request.head);
  return request.agreed();
}

TEST(HeadAgreement, ends_with_any_difference_in_a_request) {
  EXPECT_TRUE(still_agreed([](auto&) {}));
  EXPECT_FALSE(still_agreed([](auto& head) { head.method = "PUT"; }));
  EXPECT_FALSE(still_agreed([](auto& head) { head.target = head.target.substr(0, 5); }));
  EXPECT_FALSE(still_agreed([](auto& head) { head.minor_version = 0; }));
  EXPECT_FALSE(still_agreed([](auto& head) { head.framing = Framing::chunked; }));
  EXPECT_FALSE(still_agreed([](auto& head) { head.framing = Framing::none; }));
  EXPECT_FALSE(still_agreed([](auto& head) { head.length = 6; }));
  EXPECT_FALSE(still_agreed([](auto& head) { head.keep_alive = false; }));
}

TEST(HeadAgreement, ends_with_any_difference_in_the_list_of_fields) {
  EXPECT_FALSE(still_agreed([](auto& head) { head.fields.pop_back(); }));
  EXPECT_FALSE(still_agreed([](auto& head) { head.fields.push_back(head.fields.back()); }));
  EXPECT_FALSE(still_agreed([](auto& head) { std::swap(head.fields[0], head.fields[1]); }));
  EXPECT_FALSE(still_agreed([](auto& head) { head.fields.clear(); }));
  EXPECT_FALSE(
      still_agreed([](auto& head) { head.fields[0].name = head.fields[0].name.substr(1); }));
  EXPECT_FALSE(
      still_agreed([](auto& head) { head.fields[0].value = head.fields[0].value.substr(1); }));
}

TEST(HeadAgreement, ends_with_any_difference_in_an_answer) {
  const auto change = [](auto with) {
    Answer answer(found);
    EXPECT_TRUE(answer.agreed());
    with(answer.head);
    return answer.agreed();
  };
  EXPECT_FALSE(change([](auto& head) { head.status = 201; }));
  EXPECT_FALSE(change([](auto& head) { head.minor_version = 0; }));
  EXPECT_FALSE(change([](auto& head) { head.framing = Framing::until_eof; }));
  EXPECT_FALSE(change([](auto& head) { head.length = 4; }));
  EXPECT_FALSE(change([](auto& head) { head.keep_alive = false; }));
  EXPECT_FALSE(change([](auto& head) { head.fields.pop_back(); }));
}

std::string request_with(const std::string& line, const std::string& fields) {
  return line + "\r\nHost: x\r\n" + fields + "\r\n";
}

TEST(HeadAgreement, is_there_for_what_clients_send) {
  const std::string get = "GET /_ping HTTP/1.1", post = "POST /v1.50/build?t=a%2Fb#x HTTP/1.1";
  for (const auto& bytes :
       {request_with(get, ""), request_with(get, "Connection: close\r\n"),
        request_with(get, "Empty:\r\nBlank:  \r\n"),
        request_with(get, "Connection: TE, close\r\nTE: deflate\r\n"),
        request_with("HEAD /_ping HTTP/1.1", "Content-Length: 0\r\n"),
        request_with("GET /_ping HTTP/1.0", "Connection: Keep-Alive\r\n"),
        request_with("GET /_ping HTTP/1.0", ""),
        request_with(post, "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"),
        request_with(post, "Upgrade: tcp\r\nConnection: Upgrade\r\nContent-Length: 12\r\n"),
        request_with(post, "Upgrade: h2c\r\nConnection: Upgrade\r\n"),
        request_with(get, "Proxy-Connection: close\r\n"),
        std::string("GET /_ping HTTP/1.0\r\n\r\n")})
    EXPECT_TRUE(Request(bytes).agreed()) << bytes;
}

TEST(HeadAgreement, does_not_depend_on_methods_and_targets_that_no_operation_has) {
  for (const std::string line :
       {"BREW /pot HTTP/1.1", "get /_ping HTTP/1.1", "CONNECT x:80 HTTP/1.1", "OPTIONS * HTTP/1.1",
        "SOURCE /a HTTP/1.1", "PRI * HTTP/1.1", "GET http://x/_ping HTTP/1.1", "GET foo:/ HTTP/1.1",
        "GET containers/json HTTP/1.1", "CONNECT /a HTTP/1.1", "M-SEARCH * HTTP/1.1"}) {
    EXPECT_TRUE(Request(request_with(line, "A: b\r\nContent-Length: 3\r\n")).agreed()) << line;
    EXPECT_FALSE(Request(request_with(line, "A: b\r\nContent-Length: 3\t\r\n")).agreed()) << line;
  }
}

TEST(HeadAgreement, is_there_for_what_engines_answer) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  for (const std::string& bytes :
       {ok + "\r\n", ok + "Transfer-Encoding: chunked\r\n\r\n", ok + "Content-Length: 0\r\n\r\n",
        ok + "A: \xc3\xbc\r\n\r\n", ok + "Connection: close\r\n\r\n",
        std::string("HTTP/1.0 200 OK\r\n\r\n"),
        std::string("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n"),
        std::string("HTTP/1.1 200\r\n\r\n"), std::string("HTTP/1.1 200 \r\n\r\n"),
        std::string("HTTP/1.1 100 Continue\r\n\r\n"),
        std::string("HTTP/1.1 102 Processing\r\nContent-Length: 3\r\n\r\n"),
        std::string("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"),
        std::string("HTTP/1.1 101 UPGRADED\r\n\r\n"),
        std::string("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n"),
        std::string("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n"),
        std::string("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n")})
    for (const bool to_head : {false, true})
      EXPECT_TRUE(Answer(bytes, to_head).agreed()) << bytes << to_head;
}

/// What llhttp 8.1 takes and our check does not is refused as it always was.
TEST(HeadReader, gives_its_own_reason_where_llhttp_is_the_more_lenient) {
  const std::vector<std::pair<std::string, Reason>> rows{
      {"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", Reason::head_folded},
      {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n 2\r\n\r\n", Reason::head_folded},
      {"GET / HTTP/1.1\nHost: x\r\n\r\n", Reason::head_line_end},
      {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Reason::framing_encoding},
      {"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
       Reason::framing_encoding},
      {"GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n", Reason::head_field_name},
      {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", Reason::head_request_line},
      {"GET / RTSP/1.0\r\nHost: x\r\n\r\n", Reason::head_version},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: \xff\r\n\r\n", Reason::head_field_value},
      {"GET / HTTP/1.1\r\n\r\n", Reason::head_host},
      {"BREW / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", Reason::head_host},
  };
  HeadReader reader;
  RequestHead head;
  for (const auto& [bytes, reason] : rows)
    EXPECT_EQ(reader.read_request(bytes, {}, head), reason) << bytes;
}

/// A tab behind these values is a blank to us, and a part of the value to llhttp.
TEST(HeadReader, refuses_what_the_two_readers_read_differently) {
  HeadReader reader;
  RequestHead asked;
  ResponseHead answered;
  for (const std::string field :
       {"Content-Length: 5\t", "Transfer-Encoding: chunked\t", "Connection: close\t"}) {
    const auto lines = field + "\r\n\r\n";
    EXPECT_EQ(reader.read_request("GET / HTTP/1.1\r\nHost: x\r\n" + lines, {}, asked),
              Reason::head_disagreement)
        << field;
    EXPECT_EQ(reader.read_answer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n", {}, false, answered),
              Reason::upstream_malformed);
    EXPECT_EQ(reader.read_answer("HTTP/1.1 200 OK\r\n" + lines, {}, false, answered),
              field.starts_with("Connection") ? std::nullopt
                                              : std::optional(Reason::upstream_disagreement))
        << field;
  }
}

TEST(HeadReader, does_not_mind_what_http_1_0_says_of_its_connection) {
  HeadReader reader;
  RequestHead asked;
  EXPECT_EQ(
      reader.read_request("GET / HTTP/1.0\r\nConnection: close, keep-alive\r\n\r\n", {}, asked),
      std::nullopt);
}

}  // namespace
}  // namespace proxy::http
