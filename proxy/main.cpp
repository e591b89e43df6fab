// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <cstdio>
#include <exception>

#include "proxy/commands.hpp"

namespace {

/// A descriptor below 3 that is closed would be given to the next socket or file, and what is meant
/// for standard output would be written there. Writing to a closed output must stay an error.
void open_standard_descriptors() {
  for (int wanted = 0; wanted < 3; ++wanted)
    if (::fcntl(wanted, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  try {
    return proxy::run_command(argc, argv);
  } catch (const std::exception& error) {  // at the start only, such as a lack of memory
    std::fprintf(stderr, "tidegate: %s\n", error.what());
    return 1;
  }
}
