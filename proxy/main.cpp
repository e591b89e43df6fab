// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <boost/system/system_error.hpp>
#include <cstdio>
#include <exception>
#include <system_error>

#include "proxy/commands.hpp"
#include "proxy/descriptors.hpp"

namespace {

/// A descriptor below 3 that is closed would be given to the next socket or file, and what is meant
/// for standard output would be written there. Writing to a closed output must stay an error.
void open_standard_descriptors() {
  for (int wanted = 0; wanted < 3; ++wanted)
    if (::fcntl(wanted, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
}

int fail(const std::exception& error, const std::error_code& code) {
  std::fprintf(stderr, "tidegate: %s\n", proxy::with_remedy(error.what(), code).c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  try {  // what is not caught below comes at the start only, such as a lack of memory
    return proxy::run_command(argc, argv);
  } catch (const boost::system::system_error& error) {
    return fail(error, error.code());
  } catch (const std::system_error& error) {
    return fail(error, error.code());
  } catch (const std::exception& error) {
    return fail(error, {});
  }
}
