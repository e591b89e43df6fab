// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <benchmark/benchmark.h>

#include "tests/bench/sample.hpp"

namespace sample {

/// A request without a body.
inline void decide(benchmark::State& state, const acl::PolicySpec& spec) {
  const auto in_force = policy(spec);
  const auto who = caller();
  const auto& profile = in_force->profile_of(who);
  const auto asked = request("GET", inspect);
  for (auto _ : state)
    if (profile.decide(who, asked).verdict != acl::Verdict::allow) give_up("refused");
}

/// `docker run`'s create: decoded, checked and written anew.
inline void decide_create(benchmark::State& state, const acl::PolicySpec& spec) {
  const auto in_force = policy(spec);
  const auto who = caller();
  const auto& profile = in_force->profile_of(who);
  const auto asked = request("POST", create);
  const auto body = create_body();
  acl::Scratch scratch;
  for (auto _ : state) {
    const auto decision = profile.decide(who, asked, body, scratch);
    if (decision.verdict != acl::Verdict::allow) give_up(decision.message);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}

}  // namespace sample
