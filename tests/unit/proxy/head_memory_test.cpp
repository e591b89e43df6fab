// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/head_memory.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "proxy/http/head_reader.hpp"

namespace proxy::http {
namespace {

using acl::Reason;
using Kind = HeadMemory::Kind;

const std::string ping = "GET /_ping HTTP/1.1\r\nHost: x\r\nTE:  b \r\nAccept:\r\n\r\n";

/// Has a head read, and then looks whether it is remembered.
template <class Head>
class Remembering {
 public:
  bool recalls(const std::string& bytes, Kind kind = is_request ? Kind::request : Kind::answer) {
    Head out;
    return memory_.recall({kind, bytes}, out);
  }
  Head recalled(const std::string& bytes, Kind kind = is_request ? Kind::request : Kind::answer) {
    Head out;
    EXPECT_TRUE(memory_.recall({kind, bytes}, out)) << bytes;
    return out;
  }
  void read(const std::string& bytes, Kind kind = is_request ? Kind::request : Kind::answer) {
    Head head;
    if constexpr (is_request)
      EXPECT_EQ(read_request_head(bytes, {}, head), std::nullopt) << bytes;
    else
      EXPECT_TRUE(read_response_head(bytes, {}, kind == Kind::answer_to_head, head)) << bytes;
    memory_.remember({kind, bytes}, head);
  }

 private:
  static constexpr bool is_request = std::is_same_v<Head, RequestHead>;
  HeadMemory memory_;
};

using Requests = Remembering<RequestHead>;
using Answers = Remembering<ResponseHead>;

TEST(HeadMemory, brings_a_requests_head_back_in_the_bytes_of_the_next) {
  const std::string first =
      "POST /a?b HTTP/1.0\r\nHost:  x\r\nAccept:\r\nContent-Length: 5\r\n"
      "Connection: keep-alive\r\n\r\n";
  Requests memory;
  EXPECT_FALSE(memory.recalls(first));
  memory.read(first);
  const std::string second = first;
  const auto head = memory.recalled(second);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/a?b");
  EXPECT_EQ(head.target.data(), second.data() + 5);
  EXPECT_EQ(head.minor_version, 0U);
  EXPECT_EQ(head.framing, Framing::length);
  EXPECT_EQ(head.length, 5U);
  EXPECT_TRUE(head.keep_alive);
  ASSERT_EQ(head.fields.size(), 4U);
  EXPECT_EQ(head.fields[0].name, "Host");
  EXPECT_EQ(head.fields[0].value, "x");
  EXPECT_EQ(head.fields[0].known, Known::host);
  EXPECT_EQ(head.fields[1].value, "");
}

TEST(HeadMemory, takes_no_head_for_another) {
  Requests memory;
  memory.read(ping);
  for (std::size_t at = 0; at < ping.size(); ++at) {
    auto other = ping;
    other[at] = static_cast<char>(other[at] ^ 1);
    EXPECT_FALSE(memory.recalls(other)) << at;
  }
  EXPECT_FALSE(memory.recalls(ping.substr(1)));
  EXPECT_FALSE(memory.recalls("A" + ping));
  EXPECT_FALSE(memory.recalls(""));
  EXPECT_TRUE(memory.recalls(ping));
}

std::string dated(const std::string& date, const std::string& behind = "Content-Length: 2\r\n") {
  return "HTTP/1.1 200 OK\r\nServer: d\r\nDate: " + date + "\r\n" + behind + "\r\n";
}

TEST(HeadMemory, overlooks_the_date_of_an_answer) {
  for (const std::string behind : {"", "Content-Length: 2\r\n"}) {
    Answers memory;
    memory.read(dated("Fri, 27 Nov 2026 22:00:00 GMT", behind));
    const auto later = dated("Sat, 28 Nov 2026 01:02:03 GMT", behind);
    const auto head = memory.recalled(later);
    EXPECT_EQ(head.status, 200U);
    EXPECT_EQ(head.phrase, "OK");
    EXPECT_EQ(head.value_of("Date"), "Sat, 28 Nov 2026 01:02:03 GMT");
    EXPECT_EQ(head.value_of("Server"), "d");
  }
}

TEST(HeadMemory, overlooks_only_what_is_a_date) {
  Answers memory;
  memory.read(dated("Fri, 27 Nov 2026 22:00:00 GMT"));
  for (const std::string date :
       {"Fri, 27 Nov 2026 22:00:00 GMT ", "Fri, 27 Nov 2026 22:00:00 UTC",
        "Fri, 27 Nov 2026 2200:00: GMT", "Fri, 27 Nov 2026 22:00:0\r GMT",
        "F\x7fi, 27 Nov 2026 22:00:00 GMT", "\nri, 27 Nov 2026 22:00:00 GMT",
        " ri, 27 Nov 2026 22:00:00 GMT", "Fri, 27 Nov 2026 22:00:00 GM\r",
        "Fri, 27 N\xf6v 2026 22:00:00 GMT", "yesterday"})
    EXPECT_FALSE(memory.recalls(dated(date))) << date;
  EXPECT_FALSE(memory.recalls(dated("Fri, 27 Nov 2026 22:00:00 GMT", "Content-Length: 3\r\n")));
}

TEST(HeadMemory, overlooks_no_date_of_a_request) {
  Requests memory;
  const std::string line = "GET / HTTP/1.1\r\nHost: x\r\nDate: ";
  memory.read(line + "Fri, 27 Nov 2026 22:00:00 GMT\r\n\r\n");
  EXPECT_TRUE(memory.recalls(line + "Fri, 27 Nov 2026 22:00:00 GMT\r\n\r\n"));
  EXPECT_FALSE(memory.recalls(line + "Fri, 27 Nov 2026 22:00:01 GMT\r\n\r\n"));
}

TEST(HeadMemory, knows_what_an_answer_belongs_to) {
  Answers memory;
  const auto bytes = dated("Fri, 27 Nov 2026 22:00:00 GMT");
  memory.read(bytes, Kind::answer_to_head);
  EXPECT_FALSE(memory.recalls(bytes, Kind::answer));
  EXPECT_EQ(memory.recalled(bytes, Kind::answer_to_head).framing, Framing::none);
  memory.read(bytes, Kind::answer);
  EXPECT_EQ(memory.recalled(bytes, Kind::answer).framing, Framing::length);
}

TEST(HeadMemory, keeps_no_credentials) {
  Requests memory;
  for (const std::string name :
       {"X-Registry-Auth", "X-Registry-Config", "Authorization", "authorization",
        "Proxy-Authorization", "Cookie", "X-Api-Key", "X-Meta-Token"}) {
    const auto bytes = "GET / HTTP/1.1\r\nHost: x\r\n" + name + ": secret\r\n\r\n";
    memory.read(bytes);
    EXPECT_FALSE(memory.recalls(bytes)) << name;
  }
  const std::string query =
      "POST /build?buildargs=%7B%22P%22:%22secret%22%7D HTTP/1.1\r\nHost: x\r\n\r\n";
  memory.read(query);
  EXPECT_FALSE(memory.recalls(query));
  Answers answers;
  const std::string cookie = "HTTP/1.1 200 OK\r\nSet-Cookie: secret\r\n\r\n";
  answers.read(cookie);
  EXPECT_FALSE(answers.recalls(cookie));
}

TEST(HeadMemory, keeps_no_large_heads) {
  Requests memory;
  const auto with = [](const std::string& fields) {
    return "GET / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
  };
  const auto long_enough = 512 - with("Accept: \r\n").size();
  for (const std::size_t more : {0U, 1U}) {
    const auto bytes = with("Accept: " + std::string(long_enough + more, 'a') + "\r\n");
    memory.read(bytes);
    EXPECT_EQ(memory.recalls(bytes), more == 0) << bytes.size();
  }
  std::string fields;
  for (int i = 1; i < 16; ++i) fields += "Accept: b\r\n";
  memory.read(with(fields));
  EXPECT_TRUE(memory.recalls(with(fields)));
  memory.read(with(fields + "Accept: b\r\n"));
  EXPECT_FALSE(memory.recalls(with(fields + "Accept: b\r\n")));
}

TEST(HeadMemory, keeps_what_comes_again_among_many_that_do_not) {
  Requests memory;
  memory.read(ping);
  EXPECT_TRUE(memory.recalls(ping));
  for (int i = 0; i < 10'000; ++i)
    memory.read("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(memory.recalls(ping));
  EXPECT_TRUE(memory.recalls("GET /9999 HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_FALSE(memory.recalls("GET /0 HTTP/1.1\r\nHost: x\r\n\r\n"));
}

TEST(HeadMemory, keeps_two_heads_that_take_turns_wherever_they_are_kept) {
  const auto head = [](int i) {
    return "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  };
  for (int i = 1; i < 200; ++i) {
    Requests memory;
    memory.read(head(0));
    memory.read(head(i));
    EXPECT_TRUE(memory.recalls(head(0))) << i;
    EXPECT_TRUE(memory.recalls(head(i))) << i;
  }
}

TEST(HeadReader, says_the_same_of_a_head_that_comes_again) {
  HeadReader reader;
  const std::string web = "GET / HTTP/1.1\r\nHost: x\r\nOrigin: http://y\r\n\r\n";
  for (int i = 0; i < 3; ++i) {
    RequestHead head;
    ASSERT_EQ(reader.read_request(web, {}, head), std::nullopt);
    EXPECT_EQ(head.method, "GET");
    EXPECT_EQ(head.fields.size(), 2U);
    EXPECT_EQ(head.sender.hosts, 1U);
    EXPECT_EQ(head.sender.host, "x");
    EXPECT_EQ(head.sender.origin, "http://y");
  }
}

TEST(HeadReader, holds_a_head_that_comes_again_to_limits_that_are_tighter_by_now) {
  HeadReader reader;
  RequestHead head;
  ResponseHead answer;
  const auto answered = dated("Fri, 27 Nov 2026 22:00:00 GMT");
  ASSERT_EQ(reader.read_request(ping, {}, head), std::nullopt);
  ASSERT_EQ(reader.read_answer(answered, {}, false, answer), std::nullopt);
  EXPECT_EQ(reader.read_request(ping, {.bytes = 20}, head), Reason::head_too_large);
  EXPECT_EQ(reader.read_request(ping, {.fields = 2}, head), Reason::head_too_many_fields);
  EXPECT_EQ(reader.read_request(ping, {.target_bytes = 3}, head), Reason::target_too_long);
  EXPECT_EQ(reader.read_answer(answered, {.fields = 2}, false, answer), Reason::upstream_malformed);
}

}  // namespace
}  // namespace proxy::http
