// SPDX-License-Identifier: Apache-2.0
#include <sysexits.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>
#include <utility>

#include "config/effective.hpp"
#include "config/environment.hpp"
#include "proxy/host_checks.hpp"
#include "proxy/snapshot.hpp"
#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {
namespace {

/// "1 listener", "2 listeners"
std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

struct CheckOptions {
  std::string file;
  bool environment = false;
  bool policy = false;  ///< leaves out what only the host has
  bool whole = false;   ///< prints the configuration, defaults included
};

using Warnings = std::vector<config::Diagnostic>;

void print(const CheckOptions& options, const config::Settings& settings,
           const Warnings& warnings) {
  warn(warnings);
  const auto count = warnings.empty() ? "" : ", " + counted(warnings.size(), "warning");
  const auto name = options.file == "-" ? "stdin" : options.file;
  std::printf("%s: no mistakes%s: %s in front of %s%s\n", name.c_str(), count.c_str(),
              counted(settings.listeners.size(), "listener").c_str(),
              settings.upstream.to_string().c_str(),
              options.policy ? "; users, groups and files of the host are not checked" : "");
}

/// What only this host has: certificates, directories, addresses, the engine.
HostFindings findings_here(const config::Settings& settings) {
  auto found = look_at_host(settings);
  if (const auto snapshot = make_snapshot(settings)) {
    for (auto& each : certificate_warnings(settings, **snapshot))
      found.warnings.push_back(std::move(each.warning));
  } else {
    std::ranges::copy(snapshot.error(), std::back_inserter(found.mistakes));
  }
  std::ranges::sort(found.mistakes, {}, &config::Diagnostic::line);
  return found;
}

int check(const CheckOptions& options) {
  const auto checked = options.policy ? config::Checked::anywhere : config::Checked::here;
  const auto settings =
      options.file == "-" ? config::load_input(checked) : config::load_file(options.file, checked);
  if (!settings) return report(settings.error());
  if (options.whole) {
    std::fputs(config::effective_text(*settings).c_str(), stdout);
    return EX_OK;
  }
  auto found = options.policy ? HostFindings() : findings_here(*settings);
  if (!found.mistakes.empty()) return report(found.mistakes);
  std::ranges::copy(settings->warnings, std::back_inserter(found.warnings));
  std::ranges::sort(found.warnings, {}, &config::Diagnostic::line);
  print(options, *settings, found.warnings);
  return EX_OK;
}

/// Prints the variables as a configuration file, to help people move away from them.
int check_environment() {
  const auto environment = config::process_environment();
  const auto settings = config::load_environment(environment);
  if (!settings) return report(settings.error());
  warn(settings->warnings);
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
      "groups of clients as numbers, every default. Certificates are not checked then.\n"
      "With --policy a file can be checked on another machine than its own, such as in CI: users,\n"
      "groups, routes, sockets, certificates and the file's mode are left out.");
  const auto options = std::make_shared<CheckOptions>();
  auto* what = verb.add_option_group("what", "What is checked");
  auto* named =
      what->add_option("file", options->file, "The configuration file; - for standard input.");
  what->add_flag("--env", options->environment,
                 "Check environment variables, as `tidegate serve --env` reads them.");
  what->require_option(1);
  auto* whole = verb.add_flag("--print", options->whole,
                              "Print the effective configuration, including defaults.")
                    ->needs(named);
  verb.add_flag("--policy", options->policy, "Leave out what only the file's own host has.")
      ->needs(named)
      ->excludes(whole);
  verb.callback([options, &run] {
    run = [options] { return options->environment ? check_environment() : check(*options); };
  });
}

}  // namespace proxy::verbs
