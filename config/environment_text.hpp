// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/environment_policy.hpp"
#include "config/yaml.hpp"

namespace config {

/// The file that the variables stand for, for people to read and go on with: above it stands what
/// the image lets through and tidegate refuses.
std::string text_of(const YamlNode& file, const EnvironmentPolicy&);

}  // namespace config
