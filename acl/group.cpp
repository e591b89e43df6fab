// SPDX-License-Identifier: Apache-2.0
#include "acl/group.hpp"

#include <algorithm>
#include <array>

namespace acl {
namespace {

// Groups by what an operation does. The group of Effect::exec is @execute, since @exec is the
// section of the reference. Who may read secrets may read the rest, so @read holds both effects.
constexpr std::string_view egress_group = "@egress";

struct EffectGroup {
  std::string_view name;
  bool (*holds)(Effect);
};

constexpr auto effect_groups = std::to_array<EffectGroup>({
    {"@read", [](Effect e) { return e == Effect::read || e == Effect::read_sensitive; }},
    {"@read-sensitive", [](Effect e) { return e == Effect::read_sensitive; }},
    {egress_group, [](Effect e) { return e == Effect::egress; }},
    {"@write", [](Effect e) { return e == Effect::write; }},
    {"@execute", [](Effect e) { return e == Effect::exec; }},
    {"@delete", [](Effect e) { return e == Effect::delete_; }},
    {"@admin", [](Effect e) { return e == Effect::admin; }},
});

std::string tag_group(Tag tag) {
  return "@" + std::string(to_string(tag));
}

bool stands_for(std::string_view group, const OperationInfo& operation) {
  if (operation.has(by_name)) return false;
  if (group == "*" || group == tag_group(operation.tag)) return true;
  return std::ranges::any_of(effect_groups, [&](const EffectGroup& candidate) {
    return candidate.name == group && candidate.holds(operation.effect);
  });
}

}  // namespace

std::vector<std::string> group_names() {
  std::vector<std::string> names;
  names.reserve(effect_groups.size() + operation_count);
  for (const auto& group : effect_groups) names.emplace_back(group.name);
  for (const auto& operation : all_operations()) {
    if (!operation.has(by_name)) names.push_back(tag_group(operation.tag));
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

Naming naming_of(Operation operation) {
  const auto& row = info(operation);
  if (row.effect == Effect::egress) return Naming::egress;
  switch (row.tag) {
    case Tag::system:
    case Tag::container:
    case Tag::exec:
    case Tag::image:
    case Tag::network:
    case Tag::volume: return Naming::any;
    case Tag::swarm:
    case Tag::node:
    case Tag::service:
    case Tag::task:
    case Tag::secret:
    case Tag::config:
    case Tag::plugin:
    case Tag::distribution:
    case Tag::session:
    case Tag::checkpoint:
    case Tag::debug: break;
  }
  const bool reads = row.effect == Effect::read || row.effect == Effect::read_sensitive;
  return reads ? Naming::any : Naming::section;
}

bool allows_at_level(std::string_view entry, Operation operation) {
  if (operation_by_name(entry)) return true;
  switch (naming_of(operation)) {
    case Naming::any: return true;
    case Naming::section: return entry == tag_group(info(operation).tag);
    case Naming::egress: return entry == egress_group;
  }
  return false;
}

std::vector<Operation> expand(std::string_view entry) {
  if (const auto exact = operation_by_name(entry)) return {*exact};
  std::vector<Operation> operations;
  for (const auto& operation : all_operations()) {
    if (stands_for(entry, operation)) operations.push_back(operation.id);
  }
  return operations;
}

}  // namespace acl
