// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>

#include "proxy/commands.hpp"

int main(int argc, char** argv) {
  try {
    return proxy::run_command(argc, argv);
  } catch (const std::exception& error) {  // start-up only: a file that cannot be opened, no memory
    std::fprintf(stderr, "tidegate: %s\n", error.what());
    return 1;
  }
}
