// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "acl/result.hpp"
#include "config/settings.hpp"

namespace proxy::explain {

/// One request that a client has made, from its audit record.
struct Made {
  enum class Fate : std::uint8_t {
    allowed,
    refused,
    undecided,  ///< the client left, or the stand-in engine does not have what was asked about
  };
  Fate fate = Fate::allowed;
  bool undone = false;  ///< the stand-in engine could not do what was asked
  std::string method, target;
  std::string operation, rule, reason;
  std::string message;                ///< what a client is told of the refusal
  std::vector<std::string> enforced;  ///< paths of values that the profile put in
};

/// What a client did in front of a private tidegate.
struct Rehearsal {
  int exit_code = 0;  ///< of the client
  std::vector<Made> requests;

  std::size_t refused() const;
  /// Why it does not tell whether the client's requests are allowed; empty: it does.
  std::string inconclusive() const;
};

/// Runs a client in front of a tidegate of its own and the stand-in engine, in processes of their
/// own on sockets in a private directory. No real engine hears of it, unless the client is led to
/// one by other means than its options, its environment and its configuration.
/// \param settings their policy and limits decide, and the first listener's profile. Nothing else
/// of them is used. A profile in shadow mode lets the client go on where it would be refused.
/// \returns what the client asked for, or why nothing could be run.
acl::Result<Rehearsal, std::string> rehearse(const config::Settings& settings,
                                             const std::vector<std::string>& command);

}  // namespace proxy::explain
