// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acl/policy.hpp"
#include "config/fields.hpp"

/// Profiles for well-known clients: config/presets/*.yaml, built into the binary.
namespace config {

struct Preset {
  std::string_view name;  ///< "traefik"
  std::string_view text;  ///< the file: comments, then the keys of a profile

  /// The first line of the file.
  std::string_view summary() const;
};

/// All of them, by name.
std::span<const Preset> presets();

/// \returns null where there is none of this name.
const Preset* preset_named(std::string_view name);

/// What to write instead of an unknown name.
std::string suggest_preset(std::string_view name);

/// A whole configuration with this preset written out, to start from.
std::string configuration_with(const Preset&);

/// A preset as a policy has it.
acl::ProfileSpec profile_of(const Preset&);

/// Reads one profile of the file. What stands beside `preset` is added to it; where the two do not
/// agree, the file is right.
void read_profile(const Place&, acl::ProfileSpec& to);

/// The key `preset` of a profile.
Field<acl::ProfileSpec> preset_key();

}  // namespace config
