// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/report.hpp"
#include "config/settings.hpp"

namespace config {

/// Checks of how values go together: the keys of a listener, listeners and the upstream, and
/// limits. Values that were reported already are skipped.
void check(const Settings&, Report&);

/// The part of check() that is about `admin`, and says nothing where there is none.
void check_admin(const Settings&, Report&);

/// Warns of what keeps clients out that should be served, or lets in those that should not.
void warn_of_lock_outs(const Settings&, Report&);

}  // namespace config
