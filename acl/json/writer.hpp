// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "acl/json/document.hpp"

namespace acl::json {

/// Appends a value in its canonical spelling: no white space, the order of the document, and
/// escapes for `"`, `\` and control characters only. Reading it gives the same value again.
void write(Value value, std::string& out);

}  // namespace acl::json
