// SPDX-License-Identifier: Apache-2.0
#include <sysexits.h>

#include <cstdio>

#include "proxy/snapshot.hpp"
#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {
namespace {

int check(const std::string& file) {
  const auto settings = config::load_file(file);
  if (!settings) return report(settings.error());
  if (const auto snapshot = make_snapshot(*settings); !snapshot) return report(snapshot.error());
  const auto listeners = settings->listeners.size();
  std::printf("%s: no mistakes: %zu listener%s in front of %s\n", file.c_str(), listeners,
              listeners == 1 ? "" : "s", settings->upstream.to_string().c_str());
  return EX_OK;
}

}  // namespace

void add_check(CLI::App& app, Run& run) {
  auto& verb = *app.add_subcommand("check", "Check a configuration and tell every mistake in it.");
  const auto file = std::make_shared<std::string>();
  verb.add_option("file", *file, "The configuration file.")->required();
  verb.callback([file, &run] { run = [file] { return check(*file); }; });
}

}  // namespace proxy::verbs
