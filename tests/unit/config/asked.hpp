// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "config/load.hpp"
#include "tests/unit/told.hpp"

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
    const auto answer = told(*loaded_->policy, {}, request, body);
    message_ = answer.message;
    return answer.says();
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
  std::string message_;
};

}  // namespace config
