// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "tests/unit/told.hpp"

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
    told_ = told(*policy_, {}, request, body);
    return told_.says();
  }

  /// Of the last request.
  const Told& decision() const { return told_; }

 private:
  static acl::ConstraintSpec at(acl::Level level) {
    acl::ConstraintSpec spec;
    spec.level = level;
    return spec;
  }

  std::shared_ptr<const acl::Policy> policy_;
  Told told_;
};
