// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "tests/unit/told.hpp"

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
    shadow = decide(1, request, body);
    // The profile's name is all that may differ.
    if (const auto at = shadow.message.find("'trial'"); at != std::string::npos)
      shadow.message.replace(at, 7, "'" + enforced.profile + "'");
  }

  Told enforced, shadow;  ///< of the last request

 private:
  Told decide(std::size_t listener, std::string_view request, std::string_view body) {
    acl::Identity identity;
    identity.listener = listener;
    return told(*policy_, identity, request, body);
  }

  std::shared_ptr<const acl::Policy> policy_;
};
