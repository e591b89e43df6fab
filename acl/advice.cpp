// SPDX-License-Identifier: Apache-2.0
#include "acl/advice.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "acl/by_name.hpp"
#include "acl/text.hpp"

namespace acl {
namespace {

using Advice = std::vector<Mistake>;

/// Whether `allow` stands for the operation, and `deny` does not.
bool asks_for(const ProfileSpec& profile, Operation operation) {
  const auto stands_for = [operation](const std::string& entry) {
    return std::ranges::count(expand(entry), operation) != 0;
  };
  return std::ranges::any_of(profile.allow, stands_for) &&
         std::ranges::none_of(profile.deny, stands_for);
}

bool is_named(const ProfileSpec& profile, Operation operation) {
  return std::ranges::find(profile.allow, info(operation).name) != profile.allow.end();
}

/// What is refused at `restricted`, and may be meant to fill in what clients leave out.
void warn_of_group(const ProfileSpec& profile, const std::string& where, Advice& out) {
  const ConstraintSpec& spec = profile.constraints;
  const std::string user = spec.enforce.user.value_or(":");
  if (spec.level != Level::restricted || user.find(':') != user.npos) return;
  out.push_back({where + ".containers.enforce.user",
                 quoted(user) + " has no group, so level restricted refuses what it is written to",
                 "user: \"" + user + ":" + user + "\""});
}

/// Groups that no longer allow what they did: `why` says on what grounds.
void tell_names(const ProfileSpec& profile, const std::string& where, Advice& out) {
  for (const OperationInfo& operation : all_operations()) {
    const std::string_view why = why_by_name(profile.constraints, operation.id);
    if (why.empty() || is_named(profile, operation.id)) continue;
    if (!asks_for(profile, operation.id)) continue;
    out.push_back(
        {where + ".allow",
         "no longer allows " + std::string(operation.name) + " by a group: " + std::string(why),
         "allow: [" + std::string(operation.name) + "], beside the others"});
  }
}

/// Names that are given to images had to be in `images`.
void tell_image_names(const ProfileSpec& profile, const std::string& where, Advice& out) {
  constexpr auto writers = std::to_array<Operation>(
      {Operation::ImageTag, Operation::ImageCommit, Operation::ImageBuild});
  const ConstraintSpec& spec = profile.constraints;
  if (!spec.images) return;
  const auto asked = [&](Operation each) { return asks_for(profile, each); };
  const bool imports = asked(Operation::ImageCreate) && spec.level != Level::restricted;
  if (!spec.images_write && (imports || std::ranges::any_of(writers, asked))) {
    out.push_back({where + ".containers.images",
                   "no longer lists names that tag, commit, import and build may give",
                   "images_write: [...], with the references that these may write"});
  }
  if (!spec.image_load && asked(Operation::ImageLoad)) {
    out.push_back({where + ".containers.images",
                   "no longer lets ImageLoad pass, whose archives name their images themselves",
                   "image_load: true"});
  }
}

// Both take a profile and where it stands: "profiles.ci".
void warn(const ProfileSpec& profile, const std::string& where, Advice& out) {
  warn_of_group(profile, where, out);
}

void tell_changes(const ProfileSpec& profile, const std::string& where, Advice& out) {
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
  return about_each_profile(spec, tell_changes);
}

}  // namespace acl
