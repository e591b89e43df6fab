// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "acl/result.hpp"

namespace proxy::explain {

/// Checks that a client's command line does not name another engine than the one in DOCKER_HOST.
/// \returns whether the program is a client whose options are known, or why it must not be run.
/// What an unknown program does cannot be told from its command line.
acl::Result<bool, std::string> check_command(const std::vector<std::string>& command);

}  // namespace proxy::explain
