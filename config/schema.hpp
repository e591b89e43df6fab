// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace config {

/// A JSON Schema (2020-12) of the configuration file, for editors. It accepts everything that
/// load_text accepts; load_text also checks how values go together.
std::string json_schema();

}  // namespace config
