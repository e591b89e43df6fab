// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "acl/result.hpp"
#include "config/accounts.hpp"
#include "config/diagnostic.hpp"
#include "config/load.hpp"

/// A configuration from environment variables, for users who come from Tecnativa's or LinuxServer's
/// docker-socket-proxy image.
namespace config {

/// Values by variable name.
using Environment = std::map<std::string, std::string, std::less<>>;

/// The environment of this process.
Environment process_environment();

/// Returns whether a variable is set that controls what clients may do: one of the images'
/// switches, or TIDEGATE_COMPAT.
bool tells_policy(const Environment&);

/// Reads a file for the daemon as load_file() does. Where it has no `admin`, TIDEGATE_ADMIN says
/// where metrics and health are served. Warns of variables that count only where all of the policy
/// comes from variables.
Loaded load_file(const std::string& path, const Environment&);

/// The settings without a file, with TIDEGATE_ADMIN and the warnings as for a file.
Loaded without_file(const Address& listen, const Address& upstream, const Environment&);

/// The value of TIDEGATE_ADMIN. Empty where it is not set.
std::string admin_address(const Environment&);

/// \returns the configuration that the variables stand for as the text of a file, with the
/// differences from the image as comments; or every mistake in the variables
acl::Result<std::string, std::vector<Diagnostic>> text_from(const Environment&);

/// Reads and checks the result of text_from() as a file would be. Warns of variables without
/// effect.
Loaded load_environment(const Environment&, const Accounts& accounts = system_accounts());

}  // namespace config
