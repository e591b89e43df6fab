// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/yaml.hpp"

namespace config {

/// Writes a map as a YAML document in block style, which read_yaml reads back. Scalars have no
/// quotes where every YAML reader takes them for the same word, number or boolean.
std::string yaml_text(const YamlNode& map);

/// Writes a value in flow style: `[{path: /srv, read_only: true}]`.
std::string flow_text(const YamlNode&);

}  // namespace config
