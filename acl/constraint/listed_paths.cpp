// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/listed_paths.hpp"

#include <algorithm>
#include <tuple>

#include "acl/constraint/host_path.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {

ListedPaths::ListedPaths(const std::vector<BindRule>& rules) {
  for (const BindRule& rule : rules) {
    std::size_t components = 0, stars = 0;
    for_each_word(rule.path, '/', [&](std::string_view part) {
      components += part.empty() ? 0 : 1;
      stars += part == "*" ? 1 : 0;
    });
    by_path_.grow(rule.path, [this](std::vector<std::size_t>& here, bool is_it) {
      if (is_it) here.push_back(entries_.size());
    });
    entries_.push_back({rule, components, stars});
  }
}

bool ListedPaths::Entry::comes_before(const Entry& other) const {
  return std::tuple(other.components, stars, other.rule.read_only) <
         std::tuple(components, other.stars, rule.read_only);
}

bool ListedPaths::Entry::names_place_of(std::string_view path) const {
  const HostPlace* place = place_to_name(path);
  return place == nullptr || (stars == 0 && is_at_or_below(rule.path, place->path));
}

const BindRule* ListedPaths::rule_for(std::string_view path) const {
  const Entry* best = nullptr;
  by_path_.visit(path, [&](const std::vector<std::size_t>& here, bool is_path) {
    for (const std::size_t index : here) {
      const Entry& entry = entries_[index];
      if (!(is_path || entry.rule.below) || !entry.names_place_of(path)) continue;
      if (best == nullptr || entry.comes_before(*best)) best = &entry;
    }
  });
  return best == nullptr ? nullptr : &best->rule;
}

}  // namespace acl::constraint
