// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace acl {

/// Returns whether all of `text` matches `glob`: `*` stands for anything without a separator, `**`
/// for anything. Takes time linear in text × stars.
bool fits(std::string_view glob, std::string_view text, char separator = '/');

}  // namespace acl
