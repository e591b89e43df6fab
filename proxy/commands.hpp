// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace proxy {

/// Runs the verb that the command line names; see proxy/verbs/.
/// \returns the exit code: 0, 64 (EX_USAGE) for a bad command line, 78 (EX_CONFIG) for a bad
/// configuration.
int run_command(int argc, char** argv);

}  // namespace proxy
