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

  /// The first line of the file, which describes the preset.
  std::string_view summary() const;
};

/// All presets, by name.
std::span<const Preset> presets();

/// \returns null if no preset has this name
const Preset* preset_named(std::string_view name);

/// Suggests a replacement for an unknown name.
std::string suggest_preset(std::string_view name);

/// A complete configuration that spells out this preset, to start from.
std::string configuration_with(const Preset&);

/// The preset as a profile of a policy.
acl::ProfileSpec profile_of(const Preset&);

/// Reads one profile of the file. Keys beside `preset` are added to it; the file wins over it.
void read_profile(const Place&, acl::ProfileSpec& to);

/// The key `preset` of a profile.
Field<acl::ProfileSpec> preset_key();

}  // namespace config
