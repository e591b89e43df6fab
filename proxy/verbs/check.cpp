// SPDX-License-Identifier: Apache-2.0
#include <sysexits.h>

#include <cstdio>
#include <string>

#include "config/effective.hpp"
#include "config/environment.hpp"
#include "proxy/snapshot.hpp"
#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {
namespace {

/// "1 listener", "2 listeners"
std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void print_warnings(const config::Settings& settings) {
  for (const auto& warning : settings.warnings) {
    std::fprintf(stderr, "warning: %s\n", config::to_string(warning).c_str());
  }
}

/// \param whole whether the configuration is printed, defaults included
int check(const std::string& file, bool whole) {
  const auto settings = config::load_file(file);
  if (!settings) return report(settings.error());
  if (whole) {
    std::fputs(config::effective_text(*settings).c_str(), stdout);
    return EX_OK;
  }
  if (const auto snapshot = make_snapshot(*settings); !snapshot) return report(snapshot.error());
  print_warnings(*settings);
  std::printf("%s: no mistakes%s: %s in front of %s\n", file.c_str(),
              settings->warnings.empty()
                  ? ""
                  : (", " + counted(settings->warnings.size(), "warning")).c_str(),
              counted(settings->listeners.size(), "listener").c_str(),
              settings->upstream.to_string().c_str());
  return EX_OK;
}

/// Prints the variables as a configuration file, to help people move away from them.
int check_environment() {
  const auto environment = config::process_environment();
  const auto settings = config::load_environment(environment);
  if (!settings) return report(settings.error());
  print_warnings(*settings);
  std::fputs((*config::text_from(environment)).c_str(), stdout);
  return EX_OK;
}

}  // namespace

void add_check(CLI::App& app, Run& run) {
  auto& verb =
      *app.add_subcommand("check", "Check a configuration and report every mistake in it.");
  verb.footer(
      "With --env the variables of Tecnativa's and LinuxServer's docker-socket-proxy are checked,\n"
      "and printed as a configuration file, with what tidegate refuses and the image does not:\n"
      "  CONTAINERS=1 POST=1 tidegate check --env > tidegate.yaml\n"
      "With --print the effective configuration is printed: presets written out, users and\n"
      "groups of clients as numbers, every default. Certificates are not checked then.");
  const auto file = std::make_shared<std::string>();
  const auto environment = std::make_shared<bool>(false);
  const auto whole = std::make_shared<bool>(false);
  auto* what = verb.add_option_group("what", "What is checked");
  auto* named = what->add_option("file", *file, "The configuration file.");
  what->add_flag("--env", *environment,
                 "Check environment variables, as `tidegate serve --env` reads them.");
  what->require_option(1);
  verb.add_flag("--print", *whole, "Print the effective configuration, including defaults.")
      ->needs(named);
  verb.callback([file, environment, whole, &run] {
    run = [file, environment, whole] {
      return *environment ? check_environment() : check(*file, *whole);
    };
  });
}

}  // namespace proxy::verbs
