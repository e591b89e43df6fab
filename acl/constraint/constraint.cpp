// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/constraint.hpp"

#include <array>

namespace acl {
namespace {

constexpr std::string_view or_else(std::string_view text, std::string_view other) {
  return text.empty() ? other : text;
}

constexpr std::array<ConstraintInfo, constraint_count> table = {{
#define CONSTRAINT(id, key, baseline, restricted) \
  {key, Reason::constraint_##id, baseline, or_else(restricted, baseline)},
#include "acl/constraint/constraints.inc"
#undef CONSTRAINT
}};

}  // namespace

const ConstraintInfo& info(Constraint constraint) {
  return table[static_cast<std::size_t>(constraint)];
}

std::optional<Constraint> constraint_by_key(std::string_view key) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].key == key) return static_cast<Constraint>(i);
  }
  return std::nullopt;
}

}  // namespace acl
