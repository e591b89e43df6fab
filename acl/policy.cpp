// SPDX-License-Identifier: Apache-2.0
#include "acl/policy.hpp"

#include <algorithm>

#include "acl/by_name.hpp"

namespace acl {

std::string Profile::opener_of(Operation operation) const {
  if (is_from_file()) return key_by_name(constraints_.spec(), operation);
  const auto index = static_cast<std::size_t>(operation);
  return variables_[index].empty() ? "" : "`" + variables_[index] + "`";
}

const Profile& Policy::profile_of(const Identity& identity) const {
  static const Profile nobodys;
  const Caller caller(identity);
  const auto clients = clients_of(identity);
  const auto found = std::ranges::find_if(
      clients, [&](const Clients& each) { return each.conditions.match(caller); });
  return found == clients.end() ? nobodys : *found->profile;
}

bool Policy::may_serve(const Identity& identity) const {
  const Caller caller(identity);
  return std::ranges::any_of(
      clients_of(identity), [&](const Clients& each) { return each.conditions.may_match(caller); });
}

// A listener that the policy does not know is a mistake of the caller; it serves nobody.
std::span<const Policy::Clients> Policy::clients_of(const Identity& identity) const {
  if (identity.listener >= by_listener_.size()) return {};
  return by_listener_[identity.listener];
}

}  // namespace acl
