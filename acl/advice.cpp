// SPDX-License-Identifier: Apache-2.0
#include "acl/advice.hpp"

#include <string>

#include "acl/text.hpp"

namespace acl {
namespace {

using Advice = std::vector<Mistake>;

// Both take a profile and where it stands: "profiles.ci".
void warn([[maybe_unused]] const ProfileSpec& profile, [[maybe_unused]] const std::string& where,
          [[maybe_unused]] Advice& out) {}

void tell_changes([[maybe_unused]] const ProfileSpec& profile,
                  [[maybe_unused]] const std::string& where, [[maybe_unused]] Advice& out) {}

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
