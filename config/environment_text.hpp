// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/environment_policy.hpp"
#include "config/environment_values.hpp"

namespace config {

/// What the variables say, each of them read.
struct EnvironmentSettings {
  EnvironmentPolicy policy;
  Address engine;
  BindLine listener;
  std::optional<Address> admin;    ///< where metrics and health are served
  std::vector<std::string> hosts;  ///< that clients know this machine by
  std::string log_level;
};

/// The same as a configuration file that people can read, and go on with.
std::string text_of(const EnvironmentSettings&);

}  // namespace config
