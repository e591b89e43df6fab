// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/rules.hpp"

#include <string>

#include "acl/constraint/checks.hpp"
#include "acl/schema/tables.hpp"
#include "acl/text/shown.hpp"

namespace acl::constraint {
namespace {

using schema::Field;
using schema::Scalar;
using schema::Struct;
using schema::tables::fields;
using Kind = Rule::Kind;

// The vocabulary of the rule column.
namespace rows {
using enum Constraint;

consteval Rule refuse(Constraint constraint, std::string_view wanted) {
  return {.kind = Kind::refuse, .named = Named(constraint), .text = wanted};
}
consteval Rule number(Constraint constraint, std::int64_t low, std::int64_t high) {
  return {.kind = Kind::number, .named = Named(constraint), .low = low, .high = high};
}
consteval Rule number(Constraint constraint, std::int64_t only) {
  return number(constraint, only, only);
}
consteval Rule one_of(Constraint constraint, std::string_view word, std::string_view other = "") {
  return {.kind = Kind::one_of, .named = Named(constraint), .words = {word, other}};
}
consteval Rule fits(Constraint constraint, const Grammar& grammar) {
  return {.kind = Kind::fits, .named = Named(constraint), .grammar = &grammar};
}
consteval Rule by(Rule::Check check, std::same_as<Constraint> auto... names) {
  return {.kind = Kind::by, .named = Named(names...), .check = check};
}
consteval Rule within(std::same_as<Constraint> auto... names) {
  return {.kind = Kind::within, .named = Named(names...)};
}
consteval Rule harmless(std::string_view why) {
  return {.kind = Kind::harmless, .text = why};
}
consteval Rule unshown() {
  return Rule().unshown();
}
consteval Rule column(Rule rule = {}) {
  return rule;
}

constexpr Rule table[] = {
    {},
#define FIELD(owner, name, type, since, risk, ...) column(__VA_ARGS__),
#include "acl/schema/structs.inc"
};
}  // namespace rows

constexpr std::size_t field_count = std::size(rows::table);
constexpr std::size_t struct_count = std::size(schema::tables::structs);

constexpr std::size_t index(auto id) {
  return static_cast<std::size_t>(id);
}

/// Calls `use(outer, inner, field)` for each struct contained in another one, with field 0 if
/// embedded.
constexpr void for_each_part(auto use) {
  for (const auto& [outer, inner] : schema::tables::embeds) use(index(outer), index(inner), 0U);
  for (std::size_t f = 1; f < field_count; ++f) {
    if (fields[f].type.scalar != Scalar::object) continue;
    use(index(fields[f].owner), index(fields[f].type.object), f);
  }
}

constexpr bool is_refused_whole(std::size_t field) {
  const Rule& rule = rows::table[field];
  return rule.kind == Kind::refuse && !rule.restricted;
}

using Structs = std::array<bool, struct_count>;

/// Structs that may occur in a body that is not refused.
consteval Structs find_reached() {
  Structs reached{};
  for (const auto& body : schema::tables::bodies) reached[index(body.type.object)] = true;
  for (bool grows = true; grows;) {
    grows = false;
    for_each_part([&](std::size_t outer, std::size_t inner, std::size_t field) {
      if (!reached[outer] || reached[inner] || is_refused_whole(field)) return;
      reached[inner] = grows = true;
    });
  }
  return reached;
}

constexpr Structs reached = find_reached();

/// Structs in which some field, at any depth, has a rule to apply.
consteval Structs find_with_rules() {
  Structs with{};
  for (std::size_t f = 1; f < field_count; ++f) {
    if (rows::table[f].is_obeyed()) with[index(fields[f].owner)] = true;
  }
  for (bool grows = true; grows;) {
    grows = false;
    for_each_part([&](std::size_t outer, std::size_t inner, std::size_t) {
      if (!with[inner] || with[outer]) return;
      with[outer] = grows = true;
    });
  }
  return with;
}

constexpr std::uint8_t obey = 1;   // the field has a rule to apply
constexpr std::uint8_t enter = 2;  // its value may contain such fields

/// One byte for each field is all that most fields of a request need. Elements are Field::none.
consteval auto find_steps() {
  constexpr Structs with = find_with_rules();
  std::array<std::uint8_t, field_count> steps{enter};
  for (std::size_t f = 1; f < field_count; ++f) {
    const bool object = fields[f].type.scalar == Scalar::object;
    const bool enters = object && with[index(fields[f].type.object)] && !is_refused_whole(f);
    const bool obeys = rows::table[f].is_obeyed();
    steps[f] = static_cast<std::uint8_t>((obeys ? obey : 0) | (enters ? enter : 0));
  }
  return steps;
}

constexpr auto steps = find_steps();

consteval bool is_covered(Field field) {
  const schema::FieldInfo& info = fields[index(field)];
  const bool by_its_fields =
      info.type.scalar == Scalar::object && info.type.object != Struct::Empty;
  return !needs_rule(info.risk) || by_its_fields || !reached[index(info.owner)] ||
         rows::table[index(field)].kind != Kind::none;
}

#define FIELD(owner, name, type, since, risk, ...)                                           \
  static_assert(is_covered(Field::owner##_##name), #owner "." #name " has risk `" #risk      \
                                                          "` and no rule: name what covers " \
                                                          "it in its row, as structs.inc says");
#include "acl/schema/structs.inc"

std::string or_waive(const std::string& wanted, Constraint constraint) {
  return wanted + ", or `waive: [" + std::string(info(constraint).key) + "]`";
}

void refuse(Context& context, const Rule& rule, json::Value value) {
  if (rule.restricted && !context.restricted()) return;
  context.refuse(rule.named.constraints[0], value, rule.text);
}

void check_number(Context& context, const Rule& rule, json::Value value) {
  const auto given = value.integer();
  if (given && *given >= rule.low && *given <= rule.high) return;
  const Constraint constraint = rule.named.constraints[0];
  const std::string low = rule.low == rule.high ? "" : std::to_string(rule.low) + " to ";
  context.refuse(constraint, value, or_waive(low + std::to_string(rule.high), constraint));
}

void check_word(Context& context, const Rule& rule, json::Value value) {
  const auto& [word, other] = rule.words;
  if (value.text() == word || value.text() == other) return;
  context.refuse(rule.named.constraints[0], value, [&] {
    return quoted(rule.words[0]) + (rule.words[1].empty() ? "" : ", " + quoted(rule.words[1])) +
           " or none";
  });
}

/// Checks a value, everything below it and the keys of its maps, which all may be expanded.
void check_text(Context& context, Constraint constraint, const Grammar& grammar,
                json::Value value) {
  if (!grammar.fits(value.text()) || !grammar.fits(value.key())) {
    context.refuse(constraint, value,
                   [&] { return or_waive(std::string(grammar.wanted), constraint); });
  }
  for (const json::Value below : value) check_text(context, constraint, grammar, below);
}

void check_field(Context& context, const Rule& rule, json::Value value) {
  if (value.is_zero() && (!rule.sees_zero || value.is_null())) return;
  switch (rule.kind) {
    case Kind::refuse: refuse(context, rule, value); break;
    case Kind::number: check_number(context, rule, value); break;
    case Kind::one_of: check_word(context, rule, value); break;
    case Kind::fits: check_text(context, rule.named.constraints[0], *rule.grammar, value); break;
    case Kind::by: rule.check(context, value); break;
    case Kind::none:
    case Kind::within:
    case Kind::harmless: break;
  }
  if (rule.expansion != nullptr) {
    check_text(context, Constraint::templates, *rule.expansion, value);
  }
}

void check_members(Context& context, json::Value object) {
  for (const json::Value member : object) {
    const std::uint8_t step = steps[member.tag()];
    if ((step & obey) != 0) check_field(context, rows::table[member.tag()], member);
    if ((step & enter) != 0) check_members(context, member);
  }
}

}  // namespace

const Rule& rule_of(Field field) {
  return rows::table[index(field)];
}

bool is_refused(Struct object) {
  return !reached[index(object)];
}

void check_fields(Context& context) {
  if (!schema::body_is_dropped(context.request.operation)) check_members(context, context.root());
}

}  // namespace acl::constraint
