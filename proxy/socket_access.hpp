// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "config/settings.hpp"

namespace proxy {

/// Says that a directory on the way to a listener's socket keeps out clients that the socket's mode
/// lets in: the owner or the group that the configuration names, or all.
std::optional<std::string> closed_directory(const config::Listener&);

/// Says that none of the users that `clients` names may connect, as the socket's mode, owner and
/// group keep them out.
std::optional<std::string> closed_to_clients(const config::Listener&);

}  // namespace proxy
