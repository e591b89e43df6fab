// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace config {

/// Which users and groups there are, and their numbers; tests bring their own.
struct Accounts {
  using Lookup = std::function<std::optional<std::uint32_t>(const std::string&)>;
  Lookup uid_of;  ///< the number of the user of that name, where there is one
  Lookup gid_of;
};

/// Those of this machine (getpwnam, getgrnam).
Accounts system_accounts();

/// The number that `text` is, or that `lookup` knows for it as a name. -1 is none: to chown(2) it
/// means "leave it".
std::optional<std::uint32_t> account_number(const std::string& text, const Accounts::Lookup&);

}  // namespace config
