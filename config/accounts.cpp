// SPDX-License-Identifier: Apache-2.0
#include "config/accounts.hpp"

#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <cstddef>
#include <vector>

namespace config {
namespace {

/// Calls getpwnam_r or getgrnam_r with a buffer that grows to what the entry needs.
template <class Entry, class Lookup>
bool exists(Lookup lookup, const std::string& name) {
  constexpr std::size_t largest = std::size_t{1} << 20U;
  for (std::size_t size = 1024; size <= largest; size *= 4) {
    std::vector<char> buffer(size);
    Entry entry{};
    Entry* found = nullptr;
    if (lookup(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != ERANGE) {
      return found != nullptr;
    }
  }
  return false;
}

}  // namespace

Accounts system_accounts() {
  return {[](const std::string& name) { return exists<passwd>(getpwnam_r, name); },
          [](const std::string& name) { return exists<group>(getgrnam_r, name); }};
}

}  // namespace config
