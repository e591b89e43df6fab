// SPDX-License-Identifier: Apache-2.0
#include "acl/written.hpp"

#include <algorithm>
#include <string>

#include "acl/group.hpp"

namespace acl {
namespace {

bool stands_for(const std::string& entry, Operation operation) {
  return std::ranges::count(expand(entry), operation) != 0;
}

}  // namespace

bool waives(const ConstraintSpec& spec, std::string_view constraint) {
  return std::ranges::find(spec.waive, constraint) != spec.waive.end();
}

bool asks_for(const ProfileSpec& profile, Operation operation) {
  const auto holds = [operation](const std::string& entry) { return stands_for(entry, operation); };
  return std::ranges::any_of(profile.allow, holds) && std::ranges::none_of(profile.deny, holds);
}

bool allows(const ProfileSpec& profile, Operation operation) {
  const bool far = profile.constraints.level == Level::unconfined;
  const auto allow = [&](const std::string& entry) {
    return stands_for(entry, operation) && (far || allows_at_level(entry, operation));
  };
  return asks_for(profile, operation) && std::ranges::any_of(profile.allow, allow);
}

std::set<std::string_view> profiles_in_use(const PolicySpec& spec) {
  std::set<std::string_view> names;
  for (const auto& listener : spec.listeners) {
    names.insert(listener.profile);
    for (const auto& rule : listener.clients) names.insert(rule.profile);
  }
  return names;
}

}  // namespace acl
