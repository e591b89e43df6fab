// SPDX-License-Identifier: Apache-2.0
#include "proxy/commands.hpp"

#include <sysexits.h>

#include <cstdio>
#include <optional>

#include "acl/suggest.hpp"
#include "proxy/verbs/verb.hpp"

namespace proxy {
namespace {

std::vector<std::string> words_of(const CLI::App& verb) {
  std::vector<std::string> words;
  for (const auto* option : verb.get_options())
    for (const auto& name : option->get_lnames()) words.push_back("--" + name);
  for (const auto* below : verb.get_subcommands({})) words.push_back(below->get_name());
  return words;
}

/// Suggests what was meant by the first word that the command line should not have.
void suggest_words(const CLI::App& app) {
  const auto* verb = &app;
  while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();
  for (const auto& word : app.remaining(true)) {
    const auto meant = acl::suggest_word(word.substr(0, word.find('=')), words_of(*verb));
    if (meant.empty()) continue;
    std::fprintf(stderr, "%s\n", meant.c_str());
    return;
  }
}

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
    const int status = app.exit(error);
    if (status == 0) return EX_OK;
    suggest_words(app);
    return EX_USAGE;
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
