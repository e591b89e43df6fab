// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "acl/case.hpp"

/// What the benchmarks work on: a docker client's requests, and policies that let them through.
namespace sample {

[[noreturn]] inline void give_up(std::string_view what) {
  std::cerr << "tidegate_bench: " << what << "\n";
  std::exit(EXIT_FAILURE);
}

inline constexpr std::string_view inspect = "/v1.50/containers/web/json?size=1";
inline constexpr std::string_view create = "/v1.50/containers/create?name=web";

inline constexpr std::string_view create_head =
    "POST /v1.50/containers/create?name=web HTTP/1.1\r\n"
    "Host: api.moby.localhost\r\n"
    "User-Agent: Docker-Client/28.2.2 (linux)\r\n"
    "Content-Length: 1735\r\n"
    "Content-Type: application/json\r\n"
    "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
    "\r\n";

/// The body that `docker run --rm alpine echo hi` sends.
inline std::string create_body() {
  std::ifstream file(TIDEGATE_SOURCE_DIR "/tests/bench/container_create.json");
  std::string body(std::istreambuf_iterator<char>(file), {});
  if (body.empty()) give_up("no container_create.json");
  return body;
}

inline acl::Request request(std::string_view method, std::string_view target) {
  acl::Request request;
  if (acl::understand(method, target, {}, request)) give_up("a target is not understood");
  return request;
}

inline std::shared_ptr<const acl::Policy> policy(const acl::PolicySpec& spec) {
  const auto compiled = acl::compile(spec);
  if (!compiled) give_up(compiled.error().front().message);
  return *compiled;
}

/// Everybody may do everything that `level` lets through.
inline acl::PolicySpec open_to_all(acl::Level level) {
  acl::PolicySpec spec;
  spec.profiles = {{.name = "p", .allow = {"*"}}};
  spec.profiles.front().constraints.level = level;
  spec.listeners = {{.profile = "p"}};
  return spec;
}

inline acl::Identity caller() {
  return {.listener_name = "unix:///run/tidegate/ci.sock",
          .unix_peer = acl::UnixPeer{.uid = 1000, .gid = 1000, .pid = 4711}};
}

}  // namespace sample
