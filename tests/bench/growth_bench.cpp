// SPDX-License-Identifier: Apache-2.0
// What a request costs under small policies and large ones. decide() should not notice the
// difference: a policy is compiled so that each operation knows its rule. Finding a client's
// profile goes through the rules of its listener one by one, once a connection.
#include "tests/bench/decide.hpp"

namespace {

/// So many operations, but for the one that is asked for.
std::vector<std::string> other_operations(std::int64_t count) {
  std::vector<std::string> names;
  for (const auto& row : acl::all_operations())
    if (static_cast<std::int64_t>(names.size()) < count && row.name != "ContainerInspect")
      names.emplace_back(row.name);
  return names;
}

/// An entry stands once, so a list is at most as long as the operation table.
constexpr auto all_others = static_cast<std::int64_t>(acl::operation_count) - 1;

void decide_by_allowed_entries(benchmark::State& state) {
  auto spec = sample::open_to_all(acl::Level::unconfined);
  auto& allow = spec.profiles.front().allow;
  allow = other_operations(state.range(0));
  allow.emplace_back("ContainerInspect");
  sample::decide(state, spec);
}
BENCHMARK(decide_by_allowed_entries)->Arg(1)->Arg(10)->Arg(all_others);

void decide_by_denied_entries(benchmark::State& state) {
  auto spec = sample::open_to_all(acl::Level::unconfined);
  spec.profiles.front().deny = other_operations(state.range(0));
  sample::decide(state, spec);
}
BENCHMARK(decide_by_denied_entries)->Arg(1)->Arg(10)->Arg(all_others);

acl::PolicySpec profiles(std::int64_t count) {
  auto spec = sample::open_to_all(acl::Level::baseline);
  for (std::int64_t i = 1; i < count; ++i) {
    auto profile = spec.profiles.front();
    profile.name = "p" + std::to_string(i);
    spec.profiles.push_back(profile);
  }
  spec.listeners.front().profile = spec.profiles.back().name;
  return spec;
}

void decide_by_profiles(benchmark::State& state) {
  sample::decide(state, profiles(state.range(0)));
}
BENCHMARK(decide_by_profiles)->Arg(1)->Arg(10)->Arg(100);

/// The last rule is the caller's.
acl::PolicySpec client_rules(std::int64_t count) {
  auto spec = sample::open_to_all(acl::Level::baseline);
  spec.listeners = {{}};
  auto& clients = spec.listeners.front().clients;
  constexpr std::uint32_t somebody = 2000;
  for (std::uint32_t uid = somebody; uid + 1 < somebody + count; ++uid)
    clients.push_back({.uid = uid, .profile = "p"});
  clients.push_back({.uid = sample::caller().unix_peer->uid, .profile = "p"});
  return spec;
}

void decide_by_client_rules(benchmark::State& state) {
  sample::decide(state, client_rules(state.range(0)));
}
BENCHMARK(decide_by_client_rules)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

void profile_of_by_client_rules(benchmark::State& state) {
  const auto policy = sample::policy(client_rules(state.range(0)));
  const auto caller = sample::caller();
  for (auto _ : state)
    if (policy->profile_of(caller).name() != "p") sample::give_up("no profile");
}
BENCHMARK(profile_of_by_client_rules)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

void profile_of_by_profiles(benchmark::State& state) {
  const auto policy = sample::policy(profiles(state.range(0)));
  const auto caller = sample::caller();
  for (auto _ : state) benchmark::DoNotOptimize(&policy->profile_of(caller));
}
BENCHMARK(profile_of_by_profiles)->Arg(1)->Arg(10)->Arg(100);

/// Names of images are globs; the last is the request's.
void decide_create_by_images(benchmark::State& state) {
  auto spec = sample::open_to_all(acl::Level::baseline);
  std::vector<std::string> images;
  for (std::int64_t i = 1; i < state.range(0); ++i)
    images.push_back("registry.corp/team" + std::to_string(i) + "/**");
  images.emplace_back("docker.io/library/*");
  spec.profiles.front().constraints.images = images;
  sample::decide_create(state, spec);
}
BENCHMARK(decide_create_by_images)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

}  // namespace
