// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/check.hpp"

#include "acl/text.hpp"

namespace acl::constraint {

bool Context::tells(Constraint constraint) {
  if (!checks(constraint)) return false;
  if (!found.full()) return true;
  found.count();
  return false;
}

void Context::refuse(Constraint constraint, json::Value where, std::string_view wanted) {
  if (tells(constraint)) {
    found.refuse(constraint, where.path(), shown_value(where), std::string(wanted));
  }
}

void Context::refuse(Constraint constraint, const Place& where, std::string value,
                     std::string_view wanted) {
  if (tells(constraint)) {
    found.refuse(constraint, where.path(), std::move(value), std::string(wanted));
  }
}

void Context::refuse(Constraint constraint, const Place& where, Quoted value,
                     std::string_view wanted) {
  if (tells(constraint)) {
    found.refuse(constraint, where.path(), quoted(value.text, value.limit), std::string(wanted));
  }
}

void Context::refuse_missing(Constraint constraint, json::Value object, std::string_view field,
                             std::string_view wanted) {
  if (!tells(constraint)) return;
  const std::string above = object.exists() ? object.path() : std::string(home);
  found.refuse(constraint, above.empty() ? std::string(field) : above + "." + std::string(field),
               "not set", std::string(wanted));
}

std::string shown_value(json::Value value) {
  using json::Kind;
  switch (value.kind()) {
    case Kind::boolean: return value.truth() ? "true" : "false";
    case Kind::number: return shown(value.text());
    case Kind::string: return quoted(value.text());
    case Kind::null: return "null";
    case Kind::array:
    case Kind::object: break;
  }
  return value.first().exists() ? std::string(to_string(value.kind()))
                                : std::string(value.kind() == Kind::array ? "[]" : "{}");
}

Checker head_checker([[maybe_unused]] Operation operation) {
#define HEAD_CHECK(name, function) \
  if (operation == Operation::name) return function;
#define BODY_CHECK(...)
#define FIRST_BYTES_CHECK(...)
#define HARMLESS(...)
#include "acl/constraint/checkers.inc"
#undef HEAD_CHECK
#undef BODY_CHECK
#undef FIRST_BYTES_CHECK
#undef HARMLESS
  return nullptr;
}

Checker body_checker(Operation operation) {
#define HEAD_CHECK(...)
#define BODY_CHECK(name, function) \
  if (operation == Operation::name) return function;
#define FIRST_BYTES_CHECK(...)
#define HARMLESS(...)
#include "acl/constraint/checkers.inc"
#undef HEAD_CHECK
#undef BODY_CHECK
#undef FIRST_BYTES_CHECK
#undef HARMLESS
  return nullptr;
}

bool checks_first_bytes(Operation operation) {
#define HEAD_CHECK(...)
#define BODY_CHECK(...)
#define FIRST_BYTES_CHECK(name) \
  if (operation == Operation::name) return true;
#define HARMLESS(...)
#include "acl/constraint/checkers.inc"
#undef HEAD_CHECK
#undef BODY_CHECK
#undef FIRST_BYTES_CHECK
#undef HARMLESS
  return false;
}

namespace {

consteval bool has_row(Operation operation) {
#define HEAD_CHECK(name, ...) \
  if (operation == Operation::name) return true;
#define BODY_CHECK HEAD_CHECK
#define FIRST_BYTES_CHECK HEAD_CHECK
#define HARMLESS HEAD_CHECK
#include "acl/constraint/checkers.inc"
#undef HEAD_CHECK
#undef BODY_CHECK
#undef FIRST_BYTES_CHECK
#undef HARMLESS
  return false;
}

/// What goes by name alone is a profile's decision for all that it can do.
consteval bool is_covered(Operation operation, Effect effect, std::uint8_t flags) {
  const bool risky = effect == Effect::write || effect == Effect::exec || effect == Effect::admin;
  return !risky || (flags & by_name) != 0 || has_row(operation);
}

#define OPERATION(id, method, path, tag, effect, body, flags, since, query) \
  static_assert(is_covered(Operation::id, Effect::effect, flags),           \
                #id " has effect `" #effect                                 \
                    "` and no row in constraint/checkers.inc: name its "    \
                    "check, or say why it is harmless");
#include "acl/operations.inc"
#undef OPERATION

}  // namespace

}  // namespace acl::constraint
