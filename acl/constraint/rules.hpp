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

/// Rules that cover each harmful field and operation.
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

/// The rule of a field: the last column of schema/structs.inc. Every rule but `harmless` names the
/// constraints that keep the field from doing harm. Go's zero values pass every rule.
struct Rule {
  enum class Kind : std::uint8_t {
    none,
    refuse,    ///< refuse(constraint, "what is wanted"): every other value is refused
    number,    ///< number(constraint, low, high): a number in that range passes
    one_of,    ///< one_of(constraint, "word", …): one of the words passes
    fits,      ///< fits(constraint, grammar): text that matches the grammar passes
    by,        ///< by(check, constraint, …): a function of checks.hpp checks the value
    within,    ///< within(constraint, …): a check of the enclosing object or operation covers it
    harmless,  ///< harmless("why"): no value can do the harm that its kind of field might
  };
  using Check = void (*)(Context&, json::Value);

  Kind kind = Kind::none;
  Named named;
  std::string_view text;  ///< what is wanted, or why the field is harmless
  std::array<std::string_view, 2> words{};
  std::int64_t low = 0, high = 0;
  Check check = nullptr;
  const Grammar* grammar = nullptr;    ///< for `fits`
  const Grammar* expansion = nullptr;  ///< of text that swarm expands: constraint `templates`
  bool sees_zero = false;   ///< whether `check` is also called for zero values other than null
  bool restricted = false;  ///< whether level baseline lets it pass
  bool secret = false;      ///< unshown(): messages and records never repeat what is in the field

  /// Returns a copy with one member changed.
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

  /// Returns whether check_fields() must handle it.
  constexpr bool is_obeyed() const {
    return (kind >= Kind::refuse && kind <= Kind::by) || expansion != nullptr;
  }
};

const Rule& rule_of(schema::Field);

/// Returns whether a field with this risk must have a rule.
constexpr bool needs_rule(schema::Risk risk) {
  return risk >= schema::Risk::network;
}

/// Returns whether the struct occurs only in refused objects, so that its fields need no rules.
bool is_refused(schema::Struct);

/// Applies the rules of all fields to the body, in one pass.
void check_fields(Context&);

/// The cover of an operation, besides the rules of its body's fields.
struct Cover {
  Checker head = nullptr;
  Checker body = nullptr;
  bool first_bytes = false;   ///< whether the first bytes of its body are checked: see archive.hpp
  Named named;                ///< the constraints that cover it
  std::string_view harmless;  ///< why the request can do no more than its name says
};

const Cover& cover_of(Operation);

/// Returns whether an operation must have a check or a reason why it needs none. An operation that
/// is allowed by name only is the profile's decision, whatever it can do.
constexpr bool needs_cover(const OperationInfo& operation) {
  const Effect effect = operation.effect;
  const bool risky = effect == Effect::write || effect == Effect::exec || effect == Effect::admin;
  return risky && !operation.has(by_name);
}

}  // namespace acl::constraint
