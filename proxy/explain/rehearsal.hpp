// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "acl/result.hpp"
#include "config/settings.hpp"
#include "proxy/explain/told.hpp"

namespace proxy::explain {

/// What a client did in front of a private tidegate.
struct Rehearsal {
  int exit_code = 0;         ///< of the client
  std::string unknown = {};  ///< the program that explain does not know; see check_command()
  bool only_lists = false;   ///< it does nothing with what it finds
  std::vector<Told> requests;
  std::vector<Told> supposed;  ///< what it would ask an engine that lacks an image
  std::string elsewhere = {};  ///< what the profile refuses of an engine that has more objects

  std::size_t refused() const;
  /// Why it does not tell whether the client's requests are allowed; empty: it does.
  std::string inconclusive() const;
};

/// Runs a client in front of a tidegate of its own and the stand-in engine, in processes of their
/// own on sockets in a private directory. No real engine hears of it, unless the client is led to
/// one by other means than its options, its environment and its configuration.
/// \param settings their policy and limits decide, and the first listener's profile. Nothing else
/// of them is used. A profile in shadow mode lets the client go on where it would be refused.
/// \param quietly what the client says goes to standard error
/// \returns what the client asked for, or why nothing could be run.
acl::Result<Rehearsal, std::string> rehearse(const config::Settings& settings,
                                             const std::vector<std::string>& command, bool quietly);

}  // namespace proxy::explain
