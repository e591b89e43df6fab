// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/rules.hpp"

#include <array>
#include <string>
#include <vector>

#include "acl/constraint/container_parts.hpp"
#include "acl/constraint/parts.hpp"

namespace acl::constraint {
namespace {

using schema::Field;
using Kind = Rule::Kind;

// The vocabulary of the rule column.
namespace rows {
using enum Constraint;

consteval Rule refuse_true(Constraint constraint) {
  return {Kind::refuse_true, constraint, "false", 0};
}
consteval Rule refuse_set(Constraint constraint, std::string_view wanted) {
  return {Kind::refuse_set, constraint, wanted, 0};
}
consteval Rule only(Constraint constraint, std::int64_t number) {
  return {Kind::only, constraint, "", number};
}
consteval Rule at_most(Constraint constraint, std::int64_t number) {
  return {Kind::at_most, constraint, "", number};
}
/// The functions are not called by the table: the row says where to look, and does not compile when
/// they are gone.
template <class... Arguments>
consteval Rule by(void (*)(Context&, Arguments...)) {
  return {Kind::by, risky_fields, "", 0};
}
template <class Check, class... Checks>
consteval Rule by(Check check, Checks... checks) {
  by(checks...);
  return by(check);
}
consteval Rule members() {
  return {Kind::members, risky_fields, "", 0};
}
consteval Rule part(std::string_view why) {
  return {Kind::part, risky_fields, why, 0};
}
consteval Rule harmless(std::string_view why) {
  return {Kind::harmless, risky_fields, why, 0};
}

// A row may have a rule, a note behind it, one of the two, or neither.
consteval Rule column() {
  return {};
}
consteval Rule column(std::string_view /*note*/) {
  return {};
}
consteval Rule column(Rule rule, std::string_view /*note*/ = "") {
  return rule;
}

constexpr Rule table[] = {
    {},
#define STRUCT(name)
#define EMBED(...)
#define FIELD(owner, name, type, since, until, risk, ...) column(__VA_ARGS__),
#include "acl/schema/structs.inc"
#undef STRUCT
#undef EMBED
#undef FIELD
};

consteval bool is_covered(Field field, schema::Risk risk) {
  return !needs_rule(risk) || table[static_cast<std::size_t>(field)].kind != Kind::none;
}

#define STRUCT(name)
#define EMBED(...)
#define FIELD(owner, name, type, since, until, risk, ...)              \
  static_assert(is_covered(Field::owner##_##name, schema::Risk::risk), \
                #owner "." #name " has risk `" #risk                   \
                       "` and no rule: name what covers it in "        \
                       "its row, as structs.inc says");
#include "acl/schema/structs.inc"
#undef STRUCT
#undef EMBED
#undef FIELD
}  // namespace rows

using Fields = std::vector<Field>;

void add_plain_fields(schema::Struct object, Fields& to) {
  for (const Field field : schema::fields_of(object)) {
    if (rule_of(field).is_plain()) to.push_back(field);
    const schema::Type type = schema::info(field).type;
    if (type.scalar == schema::Scalar::object) add_plain_fields(type.object, to);
  }
}

std::array<Fields, operation_count> plain_fields_by_operation() {
  std::array<Fields, operation_count> fields;
  for (const OperationInfo& operation : all_operations()) {
    const auto body = schema::body_of(operation.id);
    if (!body || body->scalar != schema::Scalar::object) continue;
    add_plain_fields(body->object, fields[static_cast<std::size_t>(operation.id)]);
  }
  return fields;
}

/// Those that a body of `operation` may have, anywhere in it.
const Fields& plain_fields_of(Operation operation) {
  static const auto fields = plain_fields_by_operation();
  return fields[static_cast<std::size_t>(operation)];
}

void want_number(Context& context, const Rule& rule, json::Value value, bool holds) {
  if (holds) return;
  const std::string limit = rule.kind == Kind::at_most ? "at most " : "";
  context.refuse(rule.constraint, value,
                 limit + std::to_string(rule.number) + ", or `waive: [" +
                     std::string(info(rule.constraint).key) + "]`");
}

void check_field(Context& context, const Rule& rule, json::Value value) {
  if (value.is_zero()) return;
  const auto number = value.integer();
  if (rule.kind == Kind::only) want_number(context, rule, value, number == rule.number);
  if (rule.kind == Kind::at_most) {
    want_number(context, rule, value, number && *number >= 0 && *number <= rule.number);
  }
  if (rule.kind == Kind::refuse_true || rule.kind == Kind::refuse_set) {
    context.refuse(
        rule.constraint, value,
        std::string(rule.text) + ", or `waive: [" + std::string(info(rule.constraint).key) + "]`");
  }
}

void check_members(Context& context, json::Value object) {
  for (const json::Value member : object) {
    const Rule& rule = rule_of(schema::field_of(member));
    if (rule.is_plain()) {
      check_field(context, rule, member);
    } else {
      check_members(context, member);
    }
  }
}

}  // namespace

const Rule& rule_of(Field field) {
  return rows::table[static_cast<std::size_t>(field)];
}

void check_fields(Context& context) {
  for (const Field field : plain_fields_of(context.request.operation)) {
    if (context.body->has_tag(static_cast<std::uint16_t>(field))) {
      return check_members(context, context.root());
    }
  }
}

}  // namespace acl::constraint
