// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"

namespace config {

/// What a running daemon cannot take over from new settings: every key that differs and is not
/// `reloadable` in its table, as "listeners[0].address", "limits.head_time"; "listeners" where
/// there are more or fewer of them. Empty where a reload is enough.
std::vector<std::string> fixed_changes(const Settings& running, const Settings& wanted);

}  // namespace config
