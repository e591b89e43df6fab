// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "proxy/explain/rehearsal.hpp"

namespace proxy::explain {

/// The exit status of `tidegate explain`, where anything was explained.
enum class Outcome : std::uint8_t { allowed = 0, refused = 1, inconclusive = 3 };

Outcome outcome(const Told&);
Outcome outcome(const Rehearsal&);

/// Whom the answer is about.
struct Subject {
  std::string profile;
  bool shadow = false;  ///< the profile only records what it would refuse
  std::vector<std::string> command = {};
};

/// What a client did, for people.
std::string report(const Rehearsal&, const Subject&);

/// The documents of `--json`.
Document document(const Told&, const Subject&);
Document document(const Rehearsal&, const Subject&);

}  // namespace proxy::explain
