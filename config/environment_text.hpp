// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/environment_policy.hpp"
#include "config/yaml.hpp"

namespace config {

/// The configuration that the variables stand for, as a file to read and continue with. A comment
/// at its top lists what the image allows and tidegate refuses.
std::string text_of(const YamlNode& file, const EnvironmentPolicy&);

}  // namespace config
