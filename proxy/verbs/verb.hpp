// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "config/load.hpp"

/// The verbs of the command line, each in its own file. add_NAME() adds the verb, and sets `run` if
/// the verb is chosen. `run` returns the exit status, one of sysexits.h.
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

/// Prints the mistakes on standard error. \returns EX_CONFIG.
/// \param consequence ends the last line, such as nothing_started
int report(const std::vector<config::Diagnostic>&, const char* consequence = "");
int report(const std::vector<std::string>& sentences, const char* consequence = "");
/// Prints what is not a mistake, but perhaps not intended, on standard error.
void warn(const std::vector<config::Diagnostic>&);
inline constexpr const char* nothing_started = "; nothing was started";

}  // namespace proxy::verbs
