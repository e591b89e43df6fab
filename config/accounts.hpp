// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace config {

/// Look-ups of users and groups by name; tests bring their own.
struct Accounts {
  using Lookup = std::function<std::optional<std::uint32_t>(const std::string&)>;
  Lookup uid_of;  ///< the number of the user with that name, if there is one
  Lookup gid_of;
};

/// The accounts of this machine (getpwnam, getgrnam).
Accounts system_accounts();

/// Accounts of a machine that knows every name: a number of its own for each.
Accounts any_accounts();

/// Reads `text` as a number, or as a name that `lookup` knows. -1 is refused: to chown(2) it means
/// "leave it unchanged".
std::optional<std::uint32_t> account_number(const std::string& text, const Accounts::Lookup&);

}  // namespace config
