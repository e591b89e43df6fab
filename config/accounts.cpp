// SPDX-License-Identifier: Apache-2.0
#include "config/accounts.hpp"

#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <cstddef>
#include <limits>
#include <map>
#include <memory>
#include <vector>

#include "acl/text/numbers.hpp"

namespace config {
namespace {

/// Calls getpwnam_r or getgrnam_r with a buffer that grows as needed.
template <class Entry, class Lookup>
std::optional<std::uint32_t> number_of(Lookup lookup, std::uint32_t Entry::* number,
                                       const std::string& name) {
  constexpr std::size_t largest = std::size_t{1} << 20U;
  for (std::size_t size = 1024; size <= largest; size *= 4) {
    std::vector<char> buffer(size);
    Entry entry{};
    Entry* found = nullptr;
    if (lookup(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == ERANGE) continue;
    return found != nullptr ? std::optional(found->*number) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Accounts system_accounts() {
  return {
      [](const std::string& name) { return number_of<passwd>(getpwnam_r, &passwd::pw_uid, name); },
      [](const std::string& name) { return number_of<group>(getgrnam_r, &group::gr_gid, name); }};
}

Accounts any_accounts() {
  constexpr std::uint32_t first = 0x80000000;  // no file writes numbers as high as these
  const auto known = std::make_shared<std::map<std::string, std::uint32_t>>(
      std::map<std::string, std::uint32_t>{{"root", 0}});
  const auto number = [known](const std::string& name) {
    const auto next = first + static_cast<std::uint32_t>(known->size());
    return std::optional(known->try_emplace(name, next).first->second);
  };
  return {number, number};
}

std::optional<std::uint32_t> account_number(const std::string& text,
                                            const Accounts::Lookup& lookup) {
  const auto number = acl::whole_number<std::uint32_t>(text);
  return number && *number != std::numeric_limits<std::uint32_t>::max() ? number : lookup(text);
}

}  // namespace config
