// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "config/report.hpp"
#include "config/settings.hpp"

namespace config {

/// What no single value shows: how a listener's keys go together, how listeners and the upstream go
/// together, and limits that bound each other. Values that were reported already are left alone.
void check(const Settings&, Report&);

/// \returns what to warn of where `held_bytes`, which is automatic, is too little for a body.
std::optional<std::string> warn_of_held_bytes(std::size_t held_bytes, const Limits&);

}  // namespace config
