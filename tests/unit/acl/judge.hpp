// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "acl/policy.hpp"

/// A policy of one profile that allows every operation, and what it says of requests.
class Judge {
 public:
  explicit Judge(acl::ConstraintSpec constraints = {}) {
    acl::ProfileSpec profile{.name = "p", .allow = {"*"}, .constraints = std::move(constraints)};
    for (const auto& operation : acl::all_operations()) profile.allow.emplace_back(operation.name);
    acl::PolicySpec spec;
    spec.profiles = {profile};
    spec.listeners = {{"p"}};
    spec.protected_paths = {"/srv/engine.sock"};
    auto compiled = acl::compile(spec);
    EXPECT_TRUE(compiled);
    policy_ = *compiled;
  }

  explicit Judge(acl::Level level) : Judge(at(level)) {}
  /// \param policy whose first listener is asked
  explicit Judge(std::shared_ptr<const acl::Policy> policy) : policy_(std::move(policy)) {}

  /// \param request its method and target: "POST /volumes/create"
  /// \returns "passes", or the id of the reason for its refusal
  std::string says(std::string_view request, std::string_view body = "") {
    const auto space = request.find(' ');
    acl::Request understood;
    if (const auto refusal =
            acl::understand(request.substr(0, space), request.substr(space + 1), {}, understood)) {
      return std::string(id(refusal->reason));
    }
    decision_ = policy_->decide({}, understood);
    if (decision_.first_bytes != 0) {
      decision_ = policy_->decide_first_bytes({}, understood, body);
    } else if (decision_.verdict == acl::Verdict::needs_body) {
      decision_ = policy_->decide({}, understood, body, scratch_);
    }
    return decision_.verdict == acl::Verdict::allow ? "passes" : std::string(id(decision_.reason));
  }

  /// Of the last request.
  const acl::Decision& decision() const { return decision_; }

 private:
  static acl::ConstraintSpec at(acl::Level level) {
    acl::ConstraintSpec spec;
    spec.level = level;
    return spec;
  }

  std::shared_ptr<const acl::Policy> policy_;
  acl::Scratch scratch_;
  acl::Decision decision_;
};
