// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "acl/json/document.hpp"

namespace acl {

/// Copies the words of a list in a body for the record, up to 1 KiB of them. The last word that is
/// copied ends with `...` if the list is longer.
void copy_command_line(json::Value words, std::vector<std::string>& out);

}  // namespace acl
