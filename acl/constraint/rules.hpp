// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "acl/constraint/check.hpp"
#include "acl/schema/schema.hpp"

/// What covers each field that can do harm: the rule column of schema/structs.inc.
namespace acl::constraint {

/// The rule of a field, as its row has it. structs.inc says what each kind is.
struct Rule {
  enum class Kind : std::uint8_t {
    none,
    refuse_true,
    refuse_set,
    only,
    at_most,
    by,
    members,
    part,
    harmless,
  };
  Kind kind = Kind::none;
  Constraint constraint = Constraint::risky_fields;  ///< of the first four, which tidegate obeys
  std::string_view text;                             ///< what is wanted, or why there is no check
  std::int64_t number = 0;                           ///< of `only` and `at_most`

  /// Whether check_fields() checks it. The others name who does.
  constexpr bool is_plain() const { return kind >= Kind::refuse_true && kind <= Kind::at_most; }
};

const Rule& rule_of(schema::Field);

/// Whether a field that can do this must have a rule.
constexpr bool needs_rule(schema::Risk risk) {
  return risk >= schema::Risk::network;
}

/// Checks the fields of the body whose rule is plain. Where it has none of them, which is nearly
/// always, that is an array access for each that it could have.
void check_fields(Context&);

}  // namespace acl::constraint
