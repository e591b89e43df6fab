// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace config {

/// Which users and groups there are; tests bring their own.
struct Accounts {
  std::function<bool(const std::string&)> has_user;
  std::function<bool(const std::string&)> has_group;
};

/// Those of this machine (getpwnam, getgrnam).
Accounts system_accounts();

}  // namespace config
