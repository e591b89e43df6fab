// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "acl/constraint/check.hpp"
#include "acl/constraint/grammar.hpp"
#include "acl/schema/schema.hpp"

/// What covers each field and each operation that can do harm.
namespace acl::constraint {

/// The constraints that a row of a table names.
struct Named {
  std::array<Constraint, 12> constraints{};
  std::size_t count = 0;

  constexpr Named() = default;
  explicit constexpr Named(std::same_as<Constraint> auto... names)
      : constraints{names...}, count(sizeof...(names)) {}
  std::span<const Constraint> all() const { return std::span(constraints).first(count); }
};

/// The rule of a field: the last column of schema/structs.inc. But for `harmless` it names the
/// constraints that keep the field from doing harm. A zero value, as Go has it, passes every rule.
struct Rule {
  enum class Kind : std::uint8_t {
    none,
    refuse,    ///< refuse(constraint, "what is wanted"): every other value is refused
    number,    ///< number(constraint, low, high): a number in that range passes
    one_of,    ///< one_of(constraint, "word", …): one of the words passes
    fits,      ///< fits(constraint, grammar): what has that grammar passes
    by,        ///< by(check, constraint, …): the function, of checks.hpp, looks at the value
    within,    ///< within(constraint, …): a check of the object or operation around it looks at it
    harmless,  ///< harmless("why"): no value of it can do what its kind of field might
  };
  using Check = void (*)(Context&, json::Value);

  Kind kind = Kind::none;
  Named named;
  std::string_view text;  ///< what is wanted, or why the field is harmless
  std::array<std::string_view, 2> words{};
  std::int64_t low = 0, high = 0;
  Check check = nullptr;
  const Grammar* grammar = nullptr;    ///< of `fits`
  const Grammar* expansion = nullptr;  ///< of a text that swarm expands: constraint `templates`
  bool sees_zero = false;              ///< whether `check` looks at zero values that are not null
  bool restricted = false;             ///< whether level baseline lets it pass
  bool secret = false;                 ///< whether messages must not show the value

  /// The same with another value of one member.
  template <class Member, class Value>
  consteval Rule with(Member Rule::* member, Value value) const {
    Rule changed = *this;
    changed.*member = value;
    return changed;
  }

  consteval Rule expanded(const Grammar& by) const { return with(&Rule::expansion, &by); }
  consteval Rule even_zero() const { return with(&Rule::sees_zero, true); }
  consteval Rule at_restricted() const { return with(&Rule::restricted, true); }
  consteval Rule unshown() const { return with(&Rule::secret, true); }

  /// Whether check_fields() has something to do for it.
  constexpr bool is_obeyed() const {
    return (kind >= Kind::refuse && kind <= Kind::by) || expansion != nullptr;
  }
};

const Rule& rule_of(schema::Field);

/// Whether a field that can do this must have a rule.
constexpr bool needs_rule(schema::Risk risk) {
  return risk >= schema::Risk::network;
}

/// Whether the struct stands only in objects that a rule refuses, so that its fields need no rules.
bool is_refused(schema::Struct);

/// Obeys the rules of the body's fields, in one pass over it.
void check_fields(Context&);

/// What covers an operation. Rules of the fields of its body count besides.
struct Cover {
  Checker head = nullptr;
  Checker body = nullptr;
  bool first_bytes = false;   ///< whether those of its body are checked: see archive.hpp
  Named named;                ///< by these constraints
  std::string_view harmless;  ///< why nothing in the request can do more than the name says
};

const Cover& cover_of(Operation);

/// Whether an operation must have a check or a reason why not. What goes by name alone is a
/// profile's decision for all that it can do.
constexpr bool needs_cover(const OperationInfo& operation) {
  const Effect effect = operation.effect;
  const bool risky = effect == Effect::write || effect == Effect::exec || effect == Effect::admin;
  return risky && !operation.has(by_name);
}

}  // namespace acl::constraint
