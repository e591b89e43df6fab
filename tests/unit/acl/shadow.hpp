// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tests/unit/acl/judge.hpp"

/// One profile on two listeners, of which the second only tries it out, and what both say.
class Trial {
 public:
  /// \param profile its keys but for `mode`, as a configuration file has them between braces
  explicit Trial(const std::string& profile)
      : policy_(policy_of("profiles:\n  ci: {" + profile + "}\n  trial: {mode: shadow, " + profile +
                          "}\nlisteners:\n  - {address: unix:///run/a.sock, profile: ci}\n"
                          "  - {address: unix:///run/b.sock, profile: trial}\n")) {}

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
