// SPDX-License-Identifier: Apache-2.0
#include "proxy/own_memory.hpp"

#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <system_error>

namespace proxy {
namespace {

constexpr unsigned long only_root = 0, as_usual = 1;

void warn_unless(bool done, const char* what) {
  if (!done)
    spdlog::warn("{}: {}; private keys may end up in a core dump", what,
                 std::generic_category().message(errno));
}

}  // namespace

/// Both, since a core_pattern that names a program ignores the limit.
OwnMemory::OwnMemory() {
  constexpr rlimit none{.rlim_cur = 0, .rlim_max = 0};
  warn_unless(::setrlimit(RLIMIT_CORE, &none) == 0, "RLIMIT_CORE cannot be set");
  warn_unless(::prctl(PR_SET_DUMPABLE, only_root) == 0, "PR_SET_DUMPABLE cannot be set");
}

OwnMemory::~OwnMemory() {
  ::prctl(PR_SET_DUMPABLE, as_usual);
}

}  // namespace proxy
