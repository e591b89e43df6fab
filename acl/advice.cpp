// SPDX-License-Identifier: Apache-2.0
#include "acl/advice.hpp"

#include <string>

#include "acl/bind_rules.hpp"
#include "acl/text.hpp"

namespace acl {
namespace {

using Advice = std::vector<Mistake>;

// Both take a profile and where it stands: "profiles.ci".
void warn(const ProfileSpec& profile, const std::string& where, Advice& out) {
  warn_of_host_paths(profile, where, out);
}

void tell_changes(const ProfileSpec& profile, const std::string& where, Advice& out) {
  tell_changes_of_binds(profile, where, out);
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
