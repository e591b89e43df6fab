// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "config/diagnostic.hpp"
#include "config/settings.hpp"

namespace proxy {

/// Reports sockets and files of one configuration that are one file on this machine, through links,
/// mounts or hard links: a listener on the engine's own socket, or records that go to a key. The
/// configuration's own checks see only paths that are written alike.
std::vector<config::Diagnostic> shared_paths(const config::Settings&);

}  // namespace proxy
