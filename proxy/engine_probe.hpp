// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proxy/task.hpp"
#include "proxy/worker.hpp"

namespace proxy {

/// Connects to the engine once, with TLS if that is configured, and asks nothing. What is in the
/// way is logged with its remedy, before a client meets it. To be run on the worker's loop; takes
/// twice `limits.upstream_connect_time` at most, and nothing waits for it.
Task<void> probe_engine(Worker&);

}  // namespace proxy
