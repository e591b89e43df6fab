// SPDX-License-Identifier: Apache-2.0
// The steps of one request that need no socket, in their order. Connections keep what they work
// with, and so do these.
#include "acl/route.hpp"
#include "proxy/audit.hpp"
#include "proxy/http/head_check.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/http/writer.hpp"
#include "tests/bench/decide.hpp"

namespace {

void check_head(benchmark::State& state) {
  for (auto _ : state) {
    const auto reason = proxy::http::check_request_head(sample::create_head, {});
    if (reason) sample::give_up("the head is refused");
  }
}
BENCHMARK(check_head);

void read_head(benchmark::State& state) {
  proxy::http::RequestHead head;
  for (auto _ : state) {
    const auto reason = proxy::http::read_request_head(sample::create_head, {}, head);
    if (reason) sample::give_up("the head is not read");
  }
}
BENCHMARK(read_head);

void understand(benchmark::State& state, std::string_view method, std::string_view target) {
  acl::Request request;
  for (auto _ : state)
    if (acl::understand(method, target, {}, request)) sample::give_up("not understood");
}
BENCHMARK_CAPTURE(understand, ping, "GET", "/_ping");
BENCHMARK_CAPTURE(understand, inspect, "GET", sample::inspect);
BENCHMARK_CAPTURE(understand, escaped, "GET", "/v1.50/containers/%77%65%62/json?s%69ze=1");
BENCHMARK_CAPTURE(understand, create, "POST", sample::create);

/// Of each operation in turn, as its reference writes the path.
void find_operation(benchmark::State& state) {
  const auto all = acl::all_operations();
  std::size_t next = 0;
  for (auto _ : state) {
    const auto& row = all[next++ % all.size()];
    benchmark::DoNotOptimize(acl::route(row.method, row.path));
  }
}
BENCHMARK(find_operation);

void decide_without_body(benchmark::State& state) {
  sample::decide(state, sample::open_to_all(acl::Level::baseline));
}
BENCHMARK(decide_without_body);

void decide_create(benchmark::State& state) {
  sample::decide_create(state, sample::open_to_all(acl::Level::baseline));
}
BENCHMARK(decide_create);

/// The sentence for the client is a part of it.
void decide_against(benchmark::State& state) {
  sample::Decider decider(sample::open_to_all(acl::Level::baseline));
  for (auto _ : state) {
    const auto verdict = decider.decide("POST", sample::create,
                                        R"({"Image":"alpine","HostConfig":{"Privileged":true}})");
    if (verdict != acl::Verdict::deny) sample::give_up("not refused");
  }
}
BENCHMARK(decide_against);

void write_refusal(benchmark::State& state) {
  const acl::Refusal refusal(acl::Reason::operation_denied,
                             "ContainerKill refused for profile 'ci': deny ContainerKill");
  std::string out;
  for (auto _ : state) {
    out.clear();
    proxy::http::append_refusal(refusal, proxy::http::Connection::unsaid, false, out);
  }
}
BENCHMARK(write_refusal);

void write_engine_head(benchmark::State& state) {
  proxy::http::RequestHead head;
  const auto reason = proxy::http::read_request_head(sample::create_head, {}, head);
  if (reason) sample::give_up("the head is not read");
  const auto request = sample::request("POST", sample::create);
  std::string out;
  for (auto _ : state) {
    out.clear();
    proxy::http::begin_request_head(request, head, acl::Habits::drop, "", out);
    proxy::http::end_request_head({proxy::http::Framing::length, 1735}, out);
  }
}
BENCHMARK(write_engine_head);

/// Counted, put into a line, and handed over with others to a file that takes no time.
void write_audit_record(benchmark::State& state) {
  boost::asio::io_context loop;
  proxy::HeldBytes held(proxy::HeldBytes::unbounded);
  auto queue = proxy::audit_queue({.file = "/dev/null"}, held);
  proxy::AuditLog log(queue, loop);
  const auto caller = sample::caller();
  const auto policy = sample::policy(sample::open_to_all(acl::Level::baseline));
  const acl::WebRules rules;
  const acl::Terms terms{rules};
  acl::Case::Memory memory;
  acl::Case request(policy->profile_of(caller), caller, terms, memory);
  request.head({.method = "POST", .target = sample::create});
  acl::Scratch scratch;
  request.body(sample::create_body(), scratch);
  for (auto _ : state) {
    proxy::AuditRecord record(log, caller, request);
    record.sent_on(proxy::AuditRecord::Clock::now(), proxy::AuditRecord::Clock::now());
    record.answered(201);
  }
}
BENCHMARK(write_audit_record);

}  // namespace
