// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "proxy/metrics.hpp"
#include "proxy/snapshot.hpp"

namespace proxy::admin {

/// Figures of the process as a whole.
struct Process {
  std::uint64_t reloads_done = 0, reloads_failed = 0;
  std::size_t held_bytes = 0;    ///< as counted by Admission
  bool audit_failed = false;     ///< records are not being written
  std::uint64_t audit_lost = 0;  ///< records that could not be kept
  std::uint64_t log_lost = 0;    ///< lines of the log that could not be kept
  bool upstream_up = false;      ///< at the last ping
  std::vector<tls::Expiry> expiries;
};

/// All figures in Prometheus' text format 0.0.4, summed over the workers.
/// https://prometheus.io/docs/instrumenting/exposition_formats/
std::string exposition(std::span<const Metrics* const> workers, const Process&);

}  // namespace proxy::admin
