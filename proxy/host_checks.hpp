// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "config/diagnostic.hpp"
#include "config/settings.hpp"

namespace proxy {

struct HostFindings {
  std::vector<config::Diagnostic> mistakes;
  /// What may be in order by the time tidegate starts, as systemd creates directories then.
  std::vector<config::Diagnostic> warnings;
};

/// Looks for what would keep `serve` from starting on this machine, or clients from the engine,
/// although the configuration is valid. Certificates are make_snapshot()'s.
HostFindings look_at_host(const config::Settings&);

}  // namespace proxy
