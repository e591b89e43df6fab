// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "acl/reason.hpp"

namespace acl {

/// A constraint of a level; constraints.inc is the table.
enum class Constraint : std::uint8_t {
#define CONSTRAINT(id, key, baseline, restricted) id,
#include "acl/constraint/constraints.inc"
#undef CONSTRAINT
};

struct ConstraintInfo {
  std::string_view key;
  Reason reason;
  std::string_view baseline;    ///< what the level allows
  std::string_view restricted;  ///< never empty
};

inline constexpr std::size_t constraint_count = [] {
  std::size_t count = 0;
#define CONSTRAINT(...) ++count;
#include "acl/constraint/constraints.inc"
#undef CONSTRAINT
  return count;
}();

const ConstraintInfo& info(Constraint);
/// Finds a constraint by its exact key, "namespaces.pid".
std::optional<Constraint> constraint_by_key(std::string_view key);

}  // namespace acl
