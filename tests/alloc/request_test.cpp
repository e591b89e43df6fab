// SPDX-License-Identifier: Apache-2.0
// What one more request costs on a connection that has carried others like it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/alloc/stage.hpp"
#include "tests/bench/sample.hpp"

namespace proxy {
namespace {

std::string ask(std::string_view line, std::string_view body = "") {
  auto head = std::string(line) +
              " HTTP/1.1\r\nHost: api.moby.localhost\r\n"
              "User-Agent: Docker-Client/28.2.2 (linux)\r\n";
  if (!body.empty())
    head +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return head + "\r\n" + std::string(body);
}

std::string answer(std::string_view status, std::string_view body) {
  return "HTTP/1.1 " + std::string(status) +
         "\r\nApi-Version: 1.50\r\nContent-Type: application/json\r\n"
         "Date: Mon, 01 Sep 2025 00:00:00 GMT\r\nServer: Docker/28.2.2 (linux)\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

const std::string no_answer;  // the engine never hears of the request

/// How often a request asks for memory that nothing disturbs. Others meet what happens by the
/// clock: a new second that is spelled out, or, on a busy machine, a look whether the client is
/// still there.
std::size_t once_warm(const std::string& request, const std::string& answer) {
  Stage stage;
  for (int i = 0; i < 50; ++i) stage.exchange(request, answer);
  std::array<std::size_t, 50> asked{};
  for (auto& times : asked) {
    stage.hand_over_records();
    stage.watch();
    times = stage.exchange(request, answer);
  }
  return std::ranges::min(asked);
}

TEST(AllocationsOfARequest, ping) {
  EXPECT_LE(once_warm(ask("GET /_ping"), answer("200 OK", "OK")), 0U);
}

TEST(AllocationsOfARequest, list) {
  const auto list = answer("200 OK", std::string(2048, ' '));
  EXPECT_LE(once_warm(ask("GET /v1.50/containers/json?all=1"), list), 0U);
}

TEST(AllocationsOfARequest, start) {
  const std::string started = "HTTP/1.1 204 No Content\r\n\r\n";
  EXPECT_LE(once_warm(ask("POST /v1.50/containers/web/start"), started), 0U);
}

TEST(AllocationsOfARequest, create_with_a_body_that_is_checked_and_rebuilt) {
  const auto created = answer("201 Created", R"({"Id":"0123","Warnings":[]})");
  EXPECT_LE(once_warm(ask("POST /v1.50/containers/create", sample::create_body()), created), 0U);
}

TEST(AllocationsOfARequest, refused_by_its_operation) {
  EXPECT_LE(once_warm(ask("POST /v1.50/containers/web/kill"), no_answer), 6U);
}

TEST(AllocationsOfARequest, refused_by_its_body) {
  const auto privileged = R"({"Image":"alpine","HostConfig":{"Privileged":true}})";
  EXPECT_LE(once_warm(ask("POST /v1.50/containers/create", privileged), no_answer), 11U);
}

}  // namespace
}  // namespace proxy
