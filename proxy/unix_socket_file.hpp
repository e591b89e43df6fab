// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "config/settings.hpp"

namespace proxy {

/// Makes way for a unix socket: removes one that nobody listens on any more.
/// \returns why the path cannot be used: something else than a socket, or a socket in use.
std::optional<std::string> make_way(const std::string& path);

/// Gives a bound, not yet listening socket its owner, group and mode.
std::optional<std::string> set_permissions(const config::Listener&);

}  // namespace proxy
