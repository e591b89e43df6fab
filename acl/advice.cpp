// SPDX-License-Identifier: Apache-2.0
#include "acl/advice.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "acl/bind_rules.hpp"
#include "acl/by_name.hpp"
#include "acl/client_rule.hpp"
#include "acl/constraint/constraint.hpp"
#include "acl/operation_advice.hpp"
#include "acl/text/shown.hpp"
#include "acl/written.hpp"

namespace acl {
namespace {

using Advice = std::vector<Mistake>;

bool is_spelled_out(const ProfileSpec& profile, Operation operation) {
  return std::ranges::find(profile.allow, info(operation).name) != profile.allow.end();
}

/// "root", "0", "00"
bool is_root(std::string_view account) {
  return account == "root" || (!account.empty() && account.find_first_not_of('0') == account.npos);
}

/// Warns of an enforced user that `restricted` refuses.
void warn_of_user(const ProfileSpec& profile, const std::string& where, Advice& out) {
  const ConstraintSpec& spec = profile.constraints;
  if (spec.level != Level::restricted || !spec.enforce.user) return;
  const std::string& user = *spec.enforce.user;
  const auto colon = user.find(':');
  const std::string_view name = std::string_view(user).substr(0, colon);
  const std::string_view group = colon == user.npos ? "" : std::string_view(user).substr(colon + 1);
  if (is_root(name) || is_root(group)) {
    out.push_back(
        {where + ".containers.enforce.user",
         quoted(user) + " is root, so level restricted refuses the containers that get it",
         "user: \"1000:1000\", or `waive: [user]`"});
    return;
  }
  if (colon != user.npos) return;
  out.push_back(
      {where + ".containers.enforce.user",
       quoted(user) + " has no group, so level restricted refuses the containers that get it",
       "user: \"" + user + ":" + user + "\""});
}

/// Warns of operations that show a credential for the host; without a level there are none.
void warn_of_credentials(const ProfileSpec& profile, const std::string& where, Advice& out) {
  if (profile.constraints.level == Level::unconfined) return;
  for (std::size_t i = 0; i < profile.allow.size(); ++i) {
    const auto operation = operation_by_name(profile.allow[i]);
    const std::string_view shown = operation ? shown_credential(*operation) : "";
    if (shown.empty()) continue;
    out.push_back({where + ".allow[" + std::to_string(i) + "]",
                   profile.allow[i] + " " + std::string(shown),
                   "leave it out unless these clients may be root there"});
  }
}

/// Warns of groups that no longer allow an operation; `why` says for what reason.
void tell_names(const ProfileSpec& profile, const std::string& where, Advice& out) {
  for (const OperationInfo& operation : all_operations()) {
    const std::string_view why = why_by_name(profile.constraints, operation.id);
    if (why.empty() || is_spelled_out(profile, operation.id)) continue;
    if (!asks_for(profile, operation.id)) continue;
    out.push_back(
        {where + ".allow",
         "no longer allows " + std::string(operation.name) + " by a group: " + std::string(why),
         "allow: [" + std::string(operation.name) + "], beside the others"});
  }
}

/// In 0.1 the names given to images had to be listed in `images`.
void tell_image_names(const ProfileSpec& profile, const std::string& where, Advice& out) {
  constexpr auto writers = std::to_array<Operation>(
      {Operation::ImageTag, Operation::ImageCommit, Operation::ImageBuild});
  const ConstraintSpec& spec = profile.constraints;
  if (!spec.images) return;
  const auto asked = [&](Operation each) { return asks_for(profile, each); };
  const bool imports = asked(Operation::ImageCreate) && spec.level != Level::restricted;
  if (!spec.images_write && (imports || std::ranges::any_of(writers, asked))) {
    out.push_back({where + ".containers.images",
                   "no longer lists the names that tag, commit, import and build may give",
                   "images_write: [...], listing the references that these may write"});
  }
  if (!spec.image_load && asked(Operation::ImageLoad)) {
    out.push_back({where + ".containers.images",
                   "no longer allows ImageLoad, whose archives name their own images",
                   "image_load: true"});
  }
}

bool checks(const ProfileSpec& profile, Constraint constraint) {
  const auto& spec = profile.constraints;
  return spec.level != Level::unconfined && !waives(spec, info(constraint).key);
}

/// Warns of ImageLoad where it is allowed by name and refused all the same.
void warn_of_loads(const ProfileSpec& profile, const std::string& where, Advice& out) {
  const ConstraintSpec& spec = profile.constraints;
  if (!spec.images || spec.image_load || !checks(profile, Constraint::images)) return;
  const auto named = std::ranges::find(profile.allow, info(Operation::ImageLoad).name);
  if (named == profile.allow.end()) return;
  out.push_back({where + ".allow[" + std::to_string(named - profile.allow.begin()) + "]",
                 "ImageLoad is refused all the same: its archives name their own images, "
                 "which `images` cannot restrict",
                 "image_load: true under `containers`, or leave it out"});
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

// The functions below take a profile and its place: "profiles.ci".
void warn(const ProfileSpec& profile, const std::string& where, Advice& out) {
  warn_of_host_paths(profile, where, out);
  warn_of_credentials(profile, where, out);
  warn_of_user(profile, where, out);
  warn_of_loads(profile, where, out);
}

void tell_changes(const ProfileSpec& profile, const std::string& where, Advice& out) {
  tell_changes_of_binds(profile, where, out);
  tell_changes_of_operations(profile, where, out);
  tell_of_networks(profile, where + ".containers", out);
  tell_of_limits(profile, where + ".containers", out);
  if (profile.constraints.level == Level::unconfined) return;
  tell_names(profile, where, out);
  tell_image_names(profile, where, out);
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
  auto changes = about_each_profile(spec, [](const ProfileSpec& profile, const std::string& where,
                                             Advice& out) { tell_changes(profile, where, out); });
  for (std::size_t i = 0; i < spec.listeners.size(); ++i) {
    const auto& rules = spec.listeners[i].clients;
    for (std::size_t j = 0; j < rules.size(); ++j)
      tell_changes(rules[j],
                   "listeners[" + std::to_string(i) + "].clients[" + std::to_string(j) + "]",
                   changes);
  }
  return changes;
}

}  // namespace acl
