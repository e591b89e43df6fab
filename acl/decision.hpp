// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "acl/constraint/findings.hpp"
#include "acl/reason.hpp"

namespace acl {

enum class Verdict : std::uint8_t {
  deny,
  open,  ///< a step is still missing; nothing may be sent
  allow,
};

/// The decision of a Case. Views point into the Policy, spans into Case::Memory.
struct Decision {
  Verdict verdict = Verdict::open;
  /// Why the request is refused or, in shadow mode, why it would be.
  std::optional<Refusal> refusal = {};
  std::string_view profile = {};  ///< the profile that applied
  std::string_view rule = {};     ///< the line that decided: "allow @container", "default deny"
  std::span<const std::string> dropped = {};   ///< paths of fields that were removed
  std::span<const std::string> enforced = {};  ///< paths of values that the profile wrote
  /// What `refusal` found outside of the constraints; null: it is for another reason.
  const constraint::Findings* found = nullptr;

  /// The profile is in shadow mode: it lets through a request that it would refuse.
  bool would_deny() const { return verdict == Verdict::allow && refusal; }
};

}  // namespace acl
