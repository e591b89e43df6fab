// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sysexits.h>

#include <cstdio>

#include "acl/text/shown.hpp"
#include "config/presets.hpp"
#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {
namespace {

int list_presets() {
  for (const auto& preset : config::presets())
    fmt::print("{:<22} {}\n", preset.name, preset.summary());
  return EX_OK;
}

int show(const std::string& name) {
  const auto* preset = config::preset_named(name);
  if (preset == nullptr) {
    fmt::print(stderr, "tidegate presets: no preset is named {}; {}\n", acl::quoted(name),
               config::suggest_preset(name));
    return EX_USAGE;
  }
  std::fputs(config::configuration_with(*preset).c_str(), stdout);
  return EX_OK;
}

}  // namespace

void add_presets(CLI::App& app, Run& run) {
  auto& verb = *app.add_subcommand("presets", "List the profiles for well-known clients.");
  verb.footer("A profile uses one with `preset: traefik`; see config/README.md.");
  verb.callback([&run] {
    if (!run) run = list_presets;
  });
  auto& shown = *verb.add_subcommand("show", "Print a complete configuration to start from.");
  const auto name = std::make_shared<std::string>();
  shown.add_option("name", *name, "The preset.")->required();
  shown.callback([name, &run] { run = [name] { return show(*name); }; });
}

}  // namespace proxy::verbs
