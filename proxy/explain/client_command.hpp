// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace proxy::explain {

/// What a command line tells of the program that it runs.
struct Checked {
  std::string problem = {};  ///< why it must not be run; empty: it may be
  /// The program or plugin that explain does not know; empty: it asks the engine in DOCKER_HOST
  /// and no other.
  std::string unknown = {};
  bool only_lists = false;  ///< what it does next does not depend on what the engine has
};

/// Checks that a client's command line does not name another engine than the one in DOCKER_HOST.
/// What an unknown program does cannot be told from its command line.
/// \param command at least one word
Checked check_command(const std::vector<std::string>& command);

}  // namespace proxy::explain
