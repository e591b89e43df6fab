// SPDX-License-Identifier: Apache-2.0
#include "config/schema.hpp"

#include <sysexits.h>

#include <cstdio>

#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {

void add_schema(CLI::App& app, Run& run) {
  auto& verb = *app.add_subcommand("schema", "Print a JSON Schema of the configuration.");
  verb.footer(
      "Editors use it to complete keys and to mark mistakes. Editors with yaml-language-server\n"
      "find it if the configuration begins with this line:\n"
      "  # yaml-language-server: $schema=tidegate.schema.json");
  verb.callback([&run] {
    run = [] {
      std::fputs(config::json_schema().c_str(), stdout);
      return EX_OK;
    };
  });
}

}  // namespace proxy::verbs
