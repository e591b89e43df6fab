// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/load.hpp"
#include "tests/unit/told.hpp"

/// The policy of a configuration file. The engine's socket is /srv/engine.sock.
/// \param text the file's sections `profiles` and `listeners`
inline std::shared_ptr<const acl::Policy> policy_of(
    const std::string& text, const std::vector<acl::IpNetwork>& host_networks = {}) {
  const auto loaded = config::load_text("version: 1\nupstream: unix:///srv/engine.sock\n" + text,
                                        "t.yaml", config::system_accounts(), host_networks);
  EXPECT_TRUE(loaded) << config::to_string(loaded.error().front());
  return loaded->policy;
}

/// A policy of one profile that allows every operation, and what it says of requests.
class Judge {
 public:
  /// \param containers the profile's section of that name, as a configuration file has it
  explicit Judge(const std::string& containers = "{}",
                 const std::vector<acl::IpNetwork>& host_networks = {})
      : policy_(policy_of("profiles:\n  p:\n    allow: [" + every_operation() +
                              "]\n    containers: " + containers +
                              "\nlisteners: [{address: unix:///run/a.sock, profile: p}]\n",
                          host_networks)) {}

  explicit Judge(acl::Level level) : Judge("{level: " + std::string(to_string(level)) + "}") {}

  /// \param request its method and target: "POST /volumes/create"
  /// \returns "passes", or the id of the reason for its refusal
  std::string says(std::string_view request, std::string_view body = "") {
    told_ = told(*policy_, {}, request, body);
    return told_.says();
  }

  /// Of the last request.
  const Told& decision() const { return told_; }

 private:
  static std::string every_operation() {
    std::string names = "\"*\"";
    for (const auto& operation : acl::all_operations()) names += ", " + std::string(operation.name);
    return names;
  }

  std::shared_ptr<const acl::Policy> policy_;
  Told told_;
};
