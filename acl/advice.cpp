// SPDX-License-Identifier: Apache-2.0
#include "acl/advice.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "acl/bind_rules.hpp"
#include "acl/constraint/constraint.hpp"
#include "acl/group.hpp"
#include "acl/text.hpp"

namespace acl {
namespace {

using Advice = std::vector<Mistake>;

// Both take a profile and where it stands: "profiles.ci".
void warn(const ProfileSpec& profile, const std::string& where, Advice& out) {
  warn_of_host_paths(profile, where, out);
}

bool names(const std::vector<std::string>& entries, Operation operation, bool far) {
  return std::ranges::any_of(entries, [&](const std::string& entry) {
    const auto operations = expand(entry);
    return (far || is_explicit(entry) || !must_be_explicit(operation)) &&
           std::ranges::find(operations, operation) != operations.end();
  });
}

bool allows(const ProfileSpec& profile, Operation operation) {
  const bool far = profile.constraints.level == Level::unconfined;
  return names(profile.allow, operation, far) && !names(profile.deny, operation, true);
}

bool checks(const ProfileSpec& profile, Constraint constraint) {
  const auto& spec = profile.constraints;
  return spec.level != Level::unconfined &&
         std::ranges::find(spec.waive, info(constraint).key) == spec.waive.end();
}

void tell_of_networks(const ProfileSpec& profile, const std::string& containers, Advice& out) {
  if (allows(profile, Operation::NetworkCreate) && checks(profile, Constraint::subnets) &&
      profile.constraints.subnets.empty()) {
    out.push_back({containers + ".subnets",
                   "is not set: networks are made with subnets of 172.16.0.0/12 and fc00::/7, or "
                   "with those that the engine chooses",
                   "list what clients need beside these, as `subnets: [10.20.0.0/16]`"});
  }
  const bool services =
      allows(profile, Operation::ServiceCreate) || allows(profile, Operation::ServiceUpdate);
  if (services && checks(profile, Constraint::namespaces_network) &&
      !profile.constraints.networks) {
    out.push_back({containers + ".networks",
                   "is not set: services no longer join networks by ids, which `docker service` "
                   "sends, nor by names of letters and digits alone",
                   "list the names and ids of the networks, as `networks: [web]`"});
  }
}

void tell_of_limits(const ProfileSpec& profile, const std::string& containers, Advice& out) {
  const auto& spec = profile.constraints;
  const auto tell = [&](std::string_view key, std::string_view constraint, bool is_set,
                        std::string_view what) {
    if (!is_set) return;
    out.push_back({containers + "." + std::string(key), std::string(what),
                   "write `waive: [" + std::string(constraint) + "]` where clients may do that"});
  };
  constexpr std::string_view memory = "resources.memory", cpus = "resources.cpus",
                             pids = "resources.pids";
  const bool unconfined = spec.level == Level::unconfined;
  tell("memory.max", memory, spec.memory_max && !unconfined,
       "bounds KernelMemory and ShmSize as well");
  tell("enforce.memory", memory, spec.enforce.memory.has_value(),
       "holds in updates as well, and more by MemorySwap, KernelMemory or ShmSize is refused");
  tell("enforce.cpus", cpus, spec.enforce.nano_cpus.has_value(),
       "holds in updates as well, and more by CpuQuota is refused");
  tell("enforce.pids", pids, spec.enforce.pids.has_value(), "holds in updates as well");
}

void tell_changes(const ProfileSpec& profile, const std::string& where, Advice& out) {
  tell_changes_of_binds(profile, where, out);
  tell_of_networks(profile, where + ".containers", out);
  tell_of_limits(profile, where + ".containers", out);
}

template <class Say>
Advice about_each_profile(const PolicySpec& spec, Say say) {
  Advice advice;
  for (const ProfileSpec& profile : spec.profiles) {
    say(profile, "profiles." + shown(profile.name), advice);
  }
  return advice;
}

}  // namespace

std::vector<Mistake> warnings(const PolicySpec& spec) {
  return about_each_profile(spec, warn);
}

std::vector<Mistake> changes_since_0_1(const PolicySpec& spec) {
  return about_each_profile(spec, tell_changes);
}

}  // namespace acl
