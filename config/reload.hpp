// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"

namespace config {

/// Lists what a running daemon cannot take over from new settings: every key that differs and is
/// not `reloadable` in its table, such as "listeners[0].address" or "limits.head_time"; "listeners"
/// if their number differs. Empty if a reload suffices.
std::vector<std::string> fixed_changes(const Settings& running, const Settings& wanted);

}  // namespace config
