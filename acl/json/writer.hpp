// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "acl/json/document.hpp"

namespace acl::json {

/// Appends the one spelling of a value: no white space, the order of the document, `"` `\` and
/// control characters escaped and nothing else. Reading it gives the same value again.
void write(Value value, std::string& out);

}  // namespace acl::json
