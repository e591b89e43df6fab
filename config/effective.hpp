// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/settings.hpp"

namespace config {

/// The effective configuration as a file that loads to equal settings: presets and accounts are
/// resolved and defaults included.
std::string effective_text(const Settings&);

}  // namespace config
