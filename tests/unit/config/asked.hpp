// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "acl/policy.hpp"
#include "config/load.hpp"

namespace config {

/// What a profile, written as in a configuration, says of requests.
class Asked {
 public:
  /// \param containers the value of the profile's key: "{level: baseline, waive: [swarm]}". The
  /// profile allows each operation by its name.
  explicit Asked(const std::string& containers = "{}")
      : loaded_(load_text(text_with(containers), "t.yaml")) {
    EXPECT_TRUE(loaded_) << to_string(loaded_.error().front());
  }

  /// \param request its method and target: "POST /volumes/create"
  /// \returns "passes", or the id of the reason for its refusal
  std::string says(std::string_view request, std::string_view body = "") {
    const auto space = request.find(' ');
    acl::Request understood;
    if (const auto refusal =
            acl::understand(request.substr(0, space), request.substr(space + 1), {}, understood)) {
      message_ = refusal->message;
      return std::string(id(refusal->reason));
    }
    auto decision = loaded_->policy->decide({}, understood);
    if (decision.verdict == acl::Verdict::needs_body) {
      decision = loaded_->policy->decide({}, understood, body, scratch_);
    }
    message_ = decision.message;
    return decision.verdict == acl::Verdict::allow ? "passes" : std::string(id(decision.reason));
  }

  /// Of the last refusal.
  const std::string& message() const { return message_; }

 private:
  static std::string text_with(const std::string& containers) {
    std::string names;
    for (const auto& operation : acl::all_operations()) {
      names += (names.empty() ? "" : ", ") + std::string(operation.name);
    }
    return "listeners: [{address: unix:///run/tidegate.sock, profile: p}]\n"
           "profiles: {p: {allow: [" +
           names + "], containers: " + containers + "}}\n";
  }

  Loaded loaded_;
  acl::Scratch scratch_;
  std::string message_;
};

}  // namespace config
