// SPDX-License-Identifier: Apache-2.0
#include "config/extend.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "config/accounts.hpp"
#include "config/keys.hpp"
#include "config/report.hpp"
#include "config/yaml_text.hpp"

namespace config {
namespace {

bool is_same(const YamlNode& one, const YamlNode& other) {
  const auto* path = one.find("path");
  const auto* others = other.find("path");
  if (path != nullptr && others != nullptr) return path->text == others->text;
  return flow_text(one) == flow_text(other);
}

void extend_list(YamlNode& list, const YamlNode& more) {
  for (const auto& item : more.items) {
    const auto found = std::ranges::find_if(
        list.items, [&item](const YamlNode& each) { return is_same(each, item); });
    if (found == list.items.end())
      list.items.push_back(item);
    else
      *found = item;
  }
}

}  // namespace

YamlNode key_from(std::string_view text) {
  const auto dot = text.find('.');
  if (dot < text.find(':')) {
    YamlNode outer(YamlNode::Kind::map);
    outer.set(text.substr(0, dot), key_from(text.substr(dot + 1)));
    return outer;
  }
  Report ignored("");
  return read_yaml(text, ignored);
}

void extend(YamlNode& map, const YamlNode& more) {
  for (const auto& [key, value] : more.entries) {
    const auto found = std::ranges::find(map.entries, key, &YamlNode::Entry::key);
    const bool joins = found != map.entries.end() && found->value.kind == value.kind;
    if (joins && value.kind == YamlNode::Kind::map)
      extend(found->value, value);
    else if (joins && value.kind == YamlNode::Kind::list)
      extend_list(found->value, value);
    else
      map.set(key, value);
  }
}

YamlNode keys_of(const acl::ProfileSpec& profile) {
  return print_map(profile_keys(), profile);
}

std::optional<acl::ProfileSpec> extended(const acl::ProfileSpec& profile, const YamlNode& keys) {
  auto node = keys_of(profile);
  extend(node, keys);
  Report report("");
  acl::ProfileSpec more{.name = profile.name};
  more.variables = profile.variables;
  if (!read_map({node, "", report, system_accounts()}, profile_keys(), more) || !report.empty())
    return std::nullopt;
  return more;
}

}  // namespace config
