// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/load.hpp"
#include "tests/unit/acl/judge.hpp"

/// What a configuration file makes of requests.
namespace config {

/// What a file of 0.1 with such a profile is told, a line each: the place and the sentence.
inline std::vector<std::string> changes_for(const std::string& profile) {
  const auto loaded = load_text(
      "profiles:\n  p: " + profile + "\nlisteners: [{address: unix:///run/a.sock, profile: p}]\n",
      "t.yaml");
  EXPECT_TRUE(loaded) << to_string(loaded.error().front());
  std::vector<std::string> told;
  for (const auto& warning : loaded->warnings) {
    if (warning.where != "version") told.push_back(warning.where + ": " + warning.message);
  }
  return told;
}

}  // namespace config
