// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/keys.hpp"
#include "config/settings.hpp"

namespace config {

/// As one would write what holds: presets and accounts resolved, defaults included.
FileEntry entry_of(const Settings&);
ListenerEntry entry_of(const Listener&);

/// The same as a file, which loads to equal settings.
std::string effective_text(const Settings&);

}  // namespace config
