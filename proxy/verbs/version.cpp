// SPDX-License-Identifier: Apache-2.0
#include <sysexits.h>

#include <cstdio>

#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {

void add_version(CLI::App& app, Run& run) {
  app.add_subcommand("version", "Print the version.")->callback([&run] {
    run = [] {
      std::printf("tidegate %s\n", TIDEGATE_VERSION);
      return EX_OK;
    };
  });
}

}  // namespace proxy::verbs
