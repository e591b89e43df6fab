// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/check.hpp"

#include <algorithm>
#include <array>

#include "acl/constraint/rules.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/shown.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

/// A client's text as a YAML value. Text that would need escapes is left out.
std::string yaml_value(std::string_view text) {
  constexpr std::size_t longest = 256;
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:-";
  const bool printable = std::ranges::all_of(
      text, [](char c) { return c >= ' ' && c <= '~' && c != '\'' && c != '`'; });
  if (!printable || text.size() > longest) return "…";
  const bool is_plain = is_made_of(text, plain) && text[0] != ':' && text[0] != '-';
  return is_plain && text.back() != ':' ? std::string(text) : "'" + std::string(text) + "'";
}

bool is_secret(json::Value value) {
  for (; value.exists(); value = value.parent()) {
    if (rule_of(schema::field_of(value)).secret) return true;
  }
  return false;
}

}  // namespace

void Told::opened_by(std::string_view before, std::string_view value, std::string_view after) {
  if (violation_ == nullptr) return;
  violation_->opener = before;
  if (!after.empty()) violation_->opener += yaml_value(value) + std::string(after);
}

void Told::opened_by(std::string_view before, std::int64_t value, std::string_view after) {
  if (violation_ == nullptr) return;
  violation_->opener = std::string(before) + std::to_string(value) + std::string(after);
}

void Told::opened_in_the_last_resort_by(std::string_view before, std::string_view value,
                                        std::string_view after) {
  if (violation_ == nullptr) return;
  violation_->last_resort = std::string(before) + yaml_value(value) + std::string(after);
}

bool Context::tells(Constraint constraint) {
  if (!checks(constraint)) return false;
  if (!found.full()) return true;
  found.count();
  return false;
}

Told Context::add(Constraint constraint, std::string path, std::string value, std::string wanted) {
  return Told(found.refuse({.constraint = constraint,
                            .path = std::move(path),
                            .value = std::move(value),
                            .wanted = std::move(wanted),
                            .opener = {}}));
}

Told Context::refuse(Constraint constraint, json::Value where, std::string_view wanted) {
  if (!tells(constraint)) return {};
  return add(constraint, where.path(), shown_value(where), std::string(wanted));
}

Told Context::refuse(Constraint constraint, const Place& where, std::string value,
                     std::string_view wanted) {
  if (!tells(constraint)) return {};
  return add(constraint, where.path(), std::move(value), std::string(wanted));
}

Told Context::refuse(Constraint constraint, const Place& where, Quoted value,
                     std::string_view wanted) {
  if (!tells(constraint)) return {};
  return add(constraint, where.path(), quoted(value.text, value.limit), std::string(wanted));
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

Told Context::refuse_missing(Constraint constraint, json::Value object, std::string_view field,
                             std::string_view wanted) {
  if (!tells(constraint)) return {};
  const std::string above = object.exists() ? object.path() : std::string(home);
  return add(constraint, above.empty() ? std::string(field) : above + "." + std::string(field),
             "not set", std::string(wanted));
}

std::string shown_value(json::Value value) {
  using json::Kind;
  if (is_secret(value)) return std::string(kept_secret);
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

std::string shown_value(std::string_view parameter, std::string_view value) {
  constexpr auto secret = std::to_array<std::string_view>(
      {"buildargs", "changes", "fromSrc", "labels", "outputs", "remote", "securityopt"});
  return is_one_of(secret, parameter) ? std::string(kept_secret) : quoted(value);
}

}  // namespace acl::constraint
