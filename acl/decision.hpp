// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "acl/reason.hpp"
#include "acl/schema/conform.hpp"

namespace acl {

enum class Verdict : std::uint8_t { deny, needs_body, allow };

/// The outcome of Policy::decide(). Views point into the Policy, which the request keeps alive.
struct Decision {
  Verdict verdict = Verdict::deny;
  /// Of a profile in shadow mode: it would refuse this, and lets it through.
  bool would_deny = false;
  Reason reason = Reason::operation_denied;  ///< why not; meaningless when simply allowed
  std::string_view profile;                  ///< the profile that applied
  std::string_view rule;  ///< the line that decided: "allow @container", "default deny"
  std::string message;    ///< the sentence for the client; empty when simply allowed

  /// How much of an opaque body Policy::decide_first_bytes() wants to see before any of it is sent
  /// on; 0: nothing.
  std::size_t first_bytes = 0;

  /// Whether what clients say to no effect is sent on: see Habits.
  schema::Habits habits = schema::Habits::drop;

  // After decide() with a body; these point into the Scratch.
  std::string_view body;                  ///< what is to be sent in place of the client's bytes
  std::span<const std::string> dropped;   ///< paths of fields that were left out
  std::span<const std::string> enforced;  ///< paths of values that the profile put in
};

}  // namespace acl
