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

/// A configuration from environment variables, for those who come from Tecnativa's and
/// LinuxServer's docker-socket-proxy images.
namespace config {

/// Values by the variables' names.
using Environment = std::map<std::string, std::string, std::less<>>;

/// This process's.
Environment process_environment();

/// Whether a variable is set that says what clients may do: one of the images' switches, or
/// TIDEGATE_COMPAT.
bool tells_policy(const Environment&);

/// \returns the configuration that the variables stand for as the text of a file, with the
/// differences from the image as comments; or every mistake in the variables.
acl::Result<std::string, std::vector<Diagnostic>> text_from(const Environment&);

/// text_from(), read and checked as a file is.
Loaded load_environment(const Environment&, const Accounts& accounts = system_accounts());

}  // namespace config
