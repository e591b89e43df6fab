// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "acl/result.hpp"
#include "config/settings.hpp"

namespace proxy::explain {

/// One request that a client has made, from its audit record.
struct Made {
  bool allowed = false;
  bool would_deny = false;  ///< allowed in shadow mode only
  std::string line;         ///< "POST /v1.41/containers/create"
  std::string operation, rule, reason;
  std::vector<std::string> enforced;  ///< paths of values that the profile put in
};

struct Rehearsal {
  int exit_code = 0;  ///< of the client
  std::vector<Made> requests;
};

/// Runs a client in front of a tidegate of its own and the stand-in engine, in processes of their
/// own on sockets in a private directory. No real engine hears of it.
/// \param settings whose first listener's profile decides; addresses and the audit are replaced.
/// \returns what the client asked for, or why nothing could be run.
acl::Result<Rehearsal, std::string> rehearse(config::Settings settings,
                                             const std::vector<std::string>& command);

}  // namespace proxy::explain
