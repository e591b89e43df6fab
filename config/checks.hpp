// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "config/report.hpp"
#include "config/settings.hpp"

namespace config {

/// Checks of how values go together: the keys of a listener, listeners and the upstream, and limits
/// that bound each other. Values that were reported already are skipped.
void check(const Settings&, Report&);

/// Warns of what keeps clients out that should be served, or lets in those that should not.
void warn_of_lock_outs(const Settings&, Report&);

/// \returns a warning where the automatic `held_bytes` is too small for a body
std::optional<std::string> warn_of_held_bytes(std::size_t held_bytes, const Limits&);

}  // namespace config
