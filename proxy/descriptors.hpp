// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <system_error>

#include "config/settings.hpp"

namespace proxy {

/// What was said of a failed call, and what to do if a limit of the process made it fail.
std::string with_remedy(const std::string& said, const std::error_code&);

/// Raises the soft limit of open files to the hard one: the soft one is often 1,024.
/// \returns a sentence with the remedy if the process may still open too few for
/// `limits.connections`.
std::optional<std::string> raise_descriptor_limit(const config::Limits&, std::size_t workers);

/// Whether an attempt to open a socket failed because the process or the machine has no file
/// descriptor left. Logs once when that begins, and once when it is over. From any thread.
bool lacks_descriptor(const boost::system::error_code& outcome);

}  // namespace proxy
