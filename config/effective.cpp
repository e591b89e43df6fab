// SPDX-License-Identifier: Apache-2.0
#include "config/effective.hpp"

#include "config/keys.hpp"
#include "config/yaml_text.hpp"

namespace config {

std::string effective_text(const Settings& settings) {
  return yaml_text(print_map(file_keys(), settings));
}

}  // namespace config
