// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/yaml.hpp"

namespace config {

/// A map as a YAML document in block style, which read_yaml reads back. Scalars stand without
/// quotes where no reader of YAML takes them for something else than a word, a number or a boolean.
std::string yaml_text(const YamlNode& map);

}  // namespace config
