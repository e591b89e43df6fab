// SPDX-License-Identifier: Apache-2.0
#include "acl/operation_advice.hpp"

#include <algorithm>
#include <array>

#include "acl/group.hpp"
#include "acl/text/shown.hpp"
#include "acl/written.hpp"

namespace acl {
namespace {

bool holds(const std::string& entry, Operation operation) {
  return std::ranges::count(expand(entry), operation) != 0;
}

bool has_level(const ProfileSpec& profile) {
  return profile.constraints.level != Level::unconfined;
}

/// Returns whether a group stood for an operation of @egress in 0.1, where all were reads.
bool once_held(const std::string& entry, Operation operation) {
  const bool sensitive = operation == Operation::SystemAuth;
  return holds(entry, operation) || entry == "@read" || (entry == "@read-sensitive" && sensitive);
}

bool once_allowed(const ProfileSpec& profile, const std::string& entry, Operation operation) {
  if (!once_held(entry, operation) || operation_by_name(entry)) return false;
  return !has_level(profile) || operation != Operation::SystemAuth || entry == "@system";
}

bool once_denied(const ProfileSpec& profile, Operation operation) {
  return std::ranges::any_of(profile.deny,
                             [&](const auto& entry) { return once_held(entry, operation); });
}

std::string names_of(const std::vector<Operation>& operations) {
  std::string names;
  for (const Operation operation : operations) {
    names += (names.empty() ? "" : ", ") + std::string(info(operation).name);
  }
  return names;
}

/// The names of the @egress operations for which `holds` is true.
template <class Holds>
std::string egress_where(Holds holds) {
  auto operations = expand("@egress");
  std::erase_if(operations, [&](Operation operation) { return !holds(operation); });
  return names_of(operations);
}

void tell_of_egress(const ProfileSpec& profile, const std::string& where,
                    std::vector<Mistake>& out) {
  for (std::size_t i = 0; i < profile.allow.size(); ++i) {
    const std::string& entry = profile.allow[i];
    const std::string lost = egress_where([&](Operation operation) {
      return once_allowed(profile, entry, operation) && !once_denied(profile, operation) &&
             !allows(profile, operation);
    });
    if (lost.empty()) continue;
    out.push_back({where + ".allow[" + std::to_string(i) + "]",
                   quoted(entry) + " no longer allows " + lost +
                       (lost.find(',') == lost.npos ? ", which makes" : ", which make") +
                       " the engine connect where a client says",
                   "add those that the client needs by name, or \"@egress\""});
  }
  for (std::size_t i = 0; i < profile.deny.size(); ++i) {
    const std::string& entry = profile.deny[i];
    const std::string open = egress_where([&](Operation operation) {
      return once_held(entry, operation) && allows(profile, operation);
    });
    if (open.empty()) continue;
    out.push_back({where + ".deny[" + std::to_string(i) + "]",
                   quoted(entry) + " no longer denies " + open, "add \"@egress\""});
  }
}

struct Refused {
  Operation operation;
  std::string_view constraint;
  std::string_view what;
};

constexpr auto refused = std::to_array<Refused>({
    {Operation::PluginCreate, "plugins", "passes: its archive brings its own privileges"},
    {Operation::ServiceUpdate, "services", "rolls back to a spec that was not checked"},
    {Operation::SwarmJoin, "swarm", "passes: it obeys the managers that the client names"},
    {Operation::SwarmUpdate, "swarm", "changes the cluster's Raft, dispatcher, CA or encryption"},
});

void tell_of_refused(const ProfileSpec& profile, const std::string& where,
                     std::vector<Mistake>& out) {
  for (const auto& [operation, constraint, what] : refused) {
    if (!allows(profile, operation)) continue;
    if (waives(profile.constraints, constraint)) continue;
    out.push_back({where + ".allow",
                   std::string(info(operation).name) + " no longer " + std::string(what),
                   "waive: [" + std::string(constraint) + "] under `containers`, if it should"});
  }
}

}  // namespace

void tell_changes_of_operations(const ProfileSpec& profile, const std::string& where,
                                std::vector<Mistake>& out) {
  tell_of_egress(profile, where, out);
  if (has_level(profile)) tell_of_refused(profile, where, out);
}

}  // namespace acl
