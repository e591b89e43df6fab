// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace config {

/// A JSON Schema (2020-12) of the configuration file, for editors. It refuses nothing that
/// load_text takes; what no single value shows only load_text sees.
std::string json_schema();

}  // namespace config
