// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "acl/policy.hpp"
#include "config/yaml.hpp"

/// What an operator does who adds to a profile what a refusal names.
namespace config {

/// Reads one key of a profile: "allow: [ContainerList]", "containers.binds: [{path: /srv}]".
YamlNode key_from(std::string_view text);

/// Adds the keys of one map to another: lists grow, maps are joined, and other values are replaced.
/// An item with a `path` takes the place of the one with the same path.
void extend(YamlNode& map, const YamlNode& more);

/// The keys of a profile, defaults included.
YamlNode keys_of(const acl::ProfileSpec&);

/// \returns the profile with these keys as well; nothing if they have a mistake
std::optional<acl::ProfileSpec> extended(const acl::ProfileSpec&, const YamlNode& keys);

}  // namespace config
