// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace config {

/// Returns whether a file is named as a credential of systemd's: `credential:NAME`, with a name of
/// letters, digits and `._@-`, so that no path leads out of the credentials' folder.
bool is_credential(std::string_view file);

/// \returns the path of a file that a configuration names: that of a credential in
/// $CREDENTIALS_DIRECTORY, any other as it is. Without that variable a credential has no path, and
/// is returned as it is.
std::string path_of(std::string_view file);

/// \returns what lets tidegate find a credential; empty for any other file
std::string remedy_for_missing(std::string_view file);

}  // namespace config
