// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <benchmark/benchmark.h>

#include "tests/bench/sample.hpp"

namespace sample {

/// What a connection keeps from request to request, and one policy for all of them.
class Decider {
 public:
  explicit Decider(const acl::PolicySpec& spec) : policy_(policy(spec)) {}

  /// \returns the verdict on a request whose head and body are these.
  acl::Verdict decide(std::string_view method, std::string_view target,
                      std::string_view body = {}) {
    memory_.clear();
    acl::Case request(profile_, who_, terms_, memory_);
    const auto plan = request.head({.method = method, .target = target, .body = !body.empty()});
    if (plan.body == acl::Plan::Body::whole) request.body(body, scratch_);
    return request.decision().verdict;
  }

 private:
  std::shared_ptr<const acl::Policy> policy_;
  acl::Identity who_ = caller();
  const acl::Profile& profile_ = policy_->profile_of(who_);
  acl::WebRules rules_;
  acl::Terms terms_{rules_};
  acl::Case::Memory memory_;
  acl::Scratch scratch_;
};

/// A request without a body.
inline void decide(benchmark::State& state, const acl::PolicySpec& spec) {
  Decider decider(spec);
  for (auto _ : state)
    if (decider.decide("GET", inspect) != acl::Verdict::allow) give_up("refused");
}

/// `docker run`'s create: decoded, checked and written anew.
inline void decide_create(benchmark::State& state, const acl::PolicySpec& spec) {
  Decider decider(spec);
  const auto body = create_body();
  for (auto _ : state)
    if (decider.decide("POST", create, body) != acl::Verdict::allow) give_up("refused");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}

}  // namespace sample
