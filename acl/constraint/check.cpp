// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/check.hpp"

#include <algorithm>

#include "acl/text/shown.hpp"

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

void Context::ask(Lookup::Kind kind, const Place& where, std::string_view reference) {
  if (lookups.size() > most_lookups) return;
  const auto is_same = [&](const Lookup& each) {
    return each.kind == kind && each.reference == reference;
  };
  if (std::ranges::any_of(lookups, is_same)) return;
  const Tag tag = info(request.operation).tag;
  const bool names_it = tag == Tag::network || tag == Tag::node;
  const bool in_path = names_it && reference == request.name();
  lookups.push_back({kind, std::string(reference), where.path(), in_path});
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

}  // namespace acl::constraint
