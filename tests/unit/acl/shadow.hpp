// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acl/policy.hpp"

/// One profile on two listeners, of which the second only tries it out, and what both say.
class Trial {
 public:
  explicit Trial(const acl::ProfileSpec& profile) {
    acl::PolicySpec spec;
    spec.profiles = {profile, profile};
    spec.profiles.back().name = "trial";
    spec.profiles.back().mode = acl::Mode::shadow;
    spec.listeners = {{profile.name}, {"trial"}};
    spec.protected_paths = {"/srv/engine.sock"};
    auto compiled = acl::compile(spec);
    EXPECT_TRUE(compiled);
    policy_ = *compiled;
  }

  /// \param request its method and target: "POST /volumes/create"
  void ask(std::string_view request, std::string_view body) {
    enforced = decide(0, request, body);
    enforced_body = enforced.body;
    shadow = decide(1, request, body);
    shadow_body = shadow.body;
    shadow_dropped = {shadow.dropped.begin(), shadow.dropped.end()};
    // The profile's name is all that may differ.
    if (const auto at = shadow.message.find("'trial'"); at != std::string::npos)
      shadow.message.replace(at, 7, "'" + std::string(enforced.profile) + "'");
  }

  acl::Decision enforced, shadow;  ///< of the last request
  std::string enforced_body, shadow_body;
  std::vector<std::string> shadow_dropped;

 private:
  acl::Decision decide(std::size_t listener, std::string_view request, std::string_view body) {
    const auto space = request.find(' ');
    acl::Request understood;
    EXPECT_FALSE(
        acl::understand(request.substr(0, space), request.substr(space + 1), {}, understood));
    acl::Identity identity;
    identity.listener = listener;
    auto decision = policy_->decide(identity, understood);
    if (decision.verdict == acl::Verdict::needs_body)
      return policy_->decide(identity, understood, body, scratch_[listener]);
    if (decision.verdict == acl::Verdict::allow && decision.first_bytes != 0)
      return policy_->decide_first_bytes(identity, understood, body);
    return decision;
  }

  std::shared_ptr<const acl::Policy> policy_;
  acl::Scratch scratch_[2];
};
