// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "config/settings.hpp"

namespace proxy {

/// Prepares a path for a new Unix socket: removes a stale one.
/// \returns why the path cannot be used: it is not a socket, or the socket is in use.
std::optional<std::string> make_way(const std::string& path);

/// Sets owner, group and mode of a socket that is bound but does not listen yet.
std::optional<std::string> set_permissions(const config::Listener&);

}  // namespace proxy
