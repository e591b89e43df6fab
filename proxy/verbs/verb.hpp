// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "config/load.hpp"

/// What `tidegate` can be told to do: a file each. Each function adds its verb to the command line,
/// and sets `run` where that verb is chosen. `run` returns the exit status, one of sysexits.h.
namespace proxy::verbs {

using Run = std::function<int()>;

void add_serve(CLI::App&, Run& run);
void add_check(CLI::App&, Run& run);
void add_explain(CLI::App&, Run& run);
void add_certs(CLI::App&, Run& run);
void add_presets(CLI::App&, Run& run);
void add_schema(CLI::App&, Run& run);
void add_engine_stub(CLI::App&, Run& run);
void add_health(CLI::App&, Run& run);
void add_version(CLI::App&, Run& run);

/// Tells the mistakes on standard error. \returns EX_CONFIG.
int report(const std::vector<config::Diagnostic>&);
int report(const std::vector<std::string>& sentences);

/// tidegate's own log goes to standard error from here on.
void log_to_stderr(const std::string& level);

}  // namespace proxy::verbs
