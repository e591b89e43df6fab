// SPDX-License-Identifier: Apache-2.0
#include "proxy/commands.hpp"

#include <sysexits.h>

#include <optional>

#include "proxy/verbs/verb.hpp"

namespace proxy {
namespace {

/// Sets `run` for the verb that was chosen. \returns the exit status if there is nothing to run.
std::optional<int> read_command(int argc, char** argv, verbs::Run& run) {
  CLI::App app{
      "tidegate stands between Docker clients and the engine's socket, and lets through only what "
      "a\n"
      "policy allows.",
      "tidegate"};
  app.require_subcommand(1);
  app.footer(
      "Start with `tidegate serve --help`. `tidegate check FILE` reports every mistake in a "
      "configuration.");
  verbs::add_serve(app, run);
  verbs::add_check(app, run);
  verbs::add_explain(app, run);
  verbs::add_certs(app, run);
  verbs::add_presets(app, run);
  verbs::add_schema(app, run);
  verbs::add_engine_stub(app, run);
  verbs::add_health(app, run);
  verbs::add_version(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EX_OK : EX_USAGE;
  }
  return std::nullopt;
}

}  // namespace

/// Frees the command line's memory before the verb runs, since the daemon may run for long.
int run_command(int argc, char** argv) {
  verbs::Run run;
  if (const auto status = read_command(argc, argv, run)) return *status;
  return run();
}

}  // namespace proxy
