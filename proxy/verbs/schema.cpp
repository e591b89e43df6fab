// SPDX-License-Identifier: Apache-2.0
#include "config/schema.hpp"

#include <sysexits.h>

#include <cstdio>

#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {

void add_schema(CLI::App& app, Run& run) {
  auto& verb = *app.add_subcommand("schema", "Print a JSON Schema of the configuration.");
  verb.footer(
      "Editors complete keys and mark mistakes by it. Where the file begins with this line, those\n"
      "with yaml-language-server do:\n"
      "  # yaml-language-server: $schema=tidegate.schema.json");
  verb.callback([&run] {
    run = [] {
      std::fputs(config::json_schema().c_str(), stdout);
      return EX_OK;
    };
  });
}

}  // namespace proxy::verbs
