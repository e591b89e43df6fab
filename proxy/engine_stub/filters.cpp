// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/filters.hpp"

#include <algorithm>

#include "acl/text/glob.hpp"
#include "proxy/engine_stub/engine.hpp"

namespace proxy::engine_stub {
namespace {

/// The engine takes a regular expression; clients send a part of the name, or ^/the\-whole\.name$.
bool name_agrees(std::string_view name, std::string wanted) {
  std::erase(wanted, '\\');
  const bool from_begin = wanted.starts_with('^');
  const bool to_end = wanted.ends_with('$');
  std::string_view part = wanted;
  part = part.substr(from_begin, part.size() - from_begin - to_end);
  if (name.starts_with('/') && !part.starts_with('/')) name.remove_prefix(1);
  if (from_begin && to_end) return name == part;
  if (from_begin) return name.starts_with(part);
  return to_end ? name.ends_with(part) : name.find(part) != name.npos;
}

bool label_agrees(const Json& labels, std::string_view wanted) {
  const auto equals = wanted.find('=');
  const auto found = labels.find(wanted.substr(0, equals));
  if (found == labels.end()) return false;
  return equals == wanted.npos || as_text(*found) == wanted.substr(equals + 1);
}

bool agrees(std::string_view name, const Json& fact, const std::string& wanted) {
  if (fact.is_array())
    return std::ranges::any_of(fact, [&](const Json& one) { return agrees(name, one, wanted); });
  if (fact.is_object()) return label_agrees(fact, wanted);
  if (fact.is_boolean()) return fact.get<bool>() == (wanted == "true" || wanted == "1");
  const auto text = as_text(fact);
  if (name == "id") return text.starts_with(wanted);
  if (name == "name") return name_agrees(text, wanted);
  if (name == "reference") return acl::fits(wanted, text) || acl::fits(wanted + ":*", text);
  return text == wanted || (name == "ancestor" && image_name(text) == image_name(wanted));
}

std::string_view positive(std::string_view name) {
  return name.substr(0, name.size() - name.ends_with('!'));
}

Json values_of(const Json& given) {
  if (given.is_array()) return given;
  auto values = Json::array();
  for (const auto& [value, is_wanted] : members(given))
    if (is_wanted == true) values.push_back(value);
  return values;
}

}  // namespace

Filters::Filters(std::string_view text, const Json& facts) {
  const auto given = Json::parse(text.empty() ? "{}" : text, nullptr, false);
  if (!given.is_object()) problem = error(400, "invalid filter: it is no JSON object");
  for (const auto& [name, values] : members(given)) {
    if (!facts.contains(positive(name))) problem = not_here("lists are not filtered by " + name);
    wanted[name] = values_of(values);
  }
}

bool Filters::let_through(const Json& facts) const {
  return std::ranges::all_of(members(wanted), [&](const auto& filter) {
    const std::string& name = filter.first;
    const Json& values = filter.second;
    const auto bare = positive(name);
    const auto& fact = facts.at(std::string(bare));
    const auto met = [&](const Json& value) { return agrees(bare, fact, as_text(value)); };
    if (name.ends_with('!')) return std::ranges::none_of(values, met);
    if (name == "label") return std::ranges::all_of(values, met);
    return values.empty() || std::ranges::any_of(values, met);
  });
}

}  // namespace proxy::engine_stub
