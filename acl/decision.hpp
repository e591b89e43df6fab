// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "acl/reason.hpp"

namespace acl {

enum class Verdict : std::uint8_t {
  deny,
  open,  ///< something is still to be looked at; nothing may be sent
  allow,
};

/// What a Case has decided. The views point into the Policy, the spans into Case::Memory.
struct Decision {
  Verdict verdict = Verdict::open;
  /// Why it is refused; or, of what a profile in shadow mode lets through, why it would be.
  std::optional<Refusal> refusal = {};
  std::string_view profile = {};  ///< the profile that applied
  std::string_view rule = {};     ///< the line that decided: "allow @container", "default deny"
  std::span<const std::string> dropped = {};   ///< paths of fields that were left out
  std::span<const std::string> enforced = {};  ///< paths of values that the profile put in

  /// A profile in shadow mode would refuse this, and lets it through.
  bool would_deny() const { return verdict == Verdict::allow && refusal; }
};

}  // namespace acl
