// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "config/report.hpp"
#include "config/settings.hpp"

namespace config {

/// Checks limits that bound each other.
void check(const Limits&, Report&);

/// Lowers the defaults of limits to those that were set and bound them.
void follow(Limits&);

/// \returns a warning where the automatic `held_bytes` is too small for what another limit allows
std::optional<std::string> warn_of_held_bytes(std::size_t held_bytes, const Limits&);

}  // namespace config
