// SPDX-License-Identifier: Apache-2.0
#include "config/reload.hpp"

#include <cstddef>
#include <string>

#include "config/keys.hpp"
#include "config/yaml.hpp"

namespace config {
namespace {

using Changes = std::vector<std::string>;

/// Compares two settings key by key, as printed.
void compare(const Shape& shape, const YamlNode& running, const YamlNode& wanted,
             const std::string& where, Changes& changes) {
  const bool differ = running.kind != wanted.kind || running.text != wanted.text ||
                      running.items.size() != wanted.items.size();
  if (differ) return changes.push_back(where);
  for (std::size_t i = 0; i < running.items.size(); ++i) {
    compare(shape.values.front(), running.items[i], wanted.items[i], join(where, i), changes);
  }
  if (running.kind != YamlNode::Kind::map) return;
  const YamlNode absent;
  for (const auto& key : shape.keys) {
    const auto* now = running.find(key.name);
    const auto* then = wanted.find(key.name);
    if (key.reloadable) continue;
    compare(key.shape, now != nullptr ? *now : absent, then != nullptr ? *then : absent,
            join(where, key.name), changes);
  }
}

}  // namespace

std::vector<std::string> fixed_changes(const Settings& running, const Settings& wanted) {
  Changes changes;
  compare(shape_of(file_keys()), print_map(file_keys(), running), print_map(file_keys(), wanted),
          "", changes);
  return changes;
}

}  // namespace config
