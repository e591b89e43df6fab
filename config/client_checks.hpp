// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/accounts.hpp"
#include "config/findings.hpp"
#include "config/keys.hpp"

namespace config {

/// Whether there is one place that says who gets which profile, and whether its conditions are such
/// that a client of this listener can meet them. `where` is the listener's place.
void check_clients(const ListenerEntry&, const std::string& where, const Accounts&,
                   const Findings&);

/// Whether there is such a user or group, where one is given. `kind` is for the message.
void check_account(const std::optional<std::string>& account, std::string_view kind,
                   const Accounts::Lookup&, const std::string& where, const Findings&);

}  // namespace config
