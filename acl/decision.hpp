// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "acl/reason.hpp"

namespace acl {

enum class Verdict : std::uint8_t { deny, needs_body, allow };

/// The outcome of Policy::decide(). Views point into the Policy, which the request keeps alive.
struct Decision {
  Verdict verdict = Verdict::deny;
  Reason reason = Reason::operation_denied;  ///< why not; meaningless when allowed
  std::string_view profile;                  ///< the profile that applied
  std::string_view rule;  ///< the line that decided: "allow @container", "default deny"
  std::string message;    ///< the sentence for the client; empty when allowed
};

}  // namespace acl
