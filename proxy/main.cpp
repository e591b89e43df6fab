// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>

#include "proxy/commands.hpp"

int main(int argc, char** argv) {
  try {
    return proxy::run_command(argc, argv);
  } catch (const std::exception& error) {  // at the start only, such as a lack of memory
    std::fprintf(stderr, "tidegate: %s\n", error.what());
    return 1;
  }
}
