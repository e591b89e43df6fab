// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "acl/reason.hpp"
#include "acl/request.hpp"

namespace acl {

/// The oldest minor version that is served. Below it ContainerStart takes a body that replaces the
/// container's HostConfig.
inline constexpr unsigned oldest_minor = 24;
/// The oldest one that operations marked `old_versions` are served for. Engines of API 1.24 know
/// none that is older.
inline constexpr unsigned oldest_known_minor = 12;
/// Far above any future version; anything larger is not read as a version.
inline constexpr unsigned highest_minor = 999;
/// The newest version whose answers tidegate knows; it asks the engine for no newer one.
inline constexpr unsigned newest_known_minor = 52;

/// Reads the version at the start of a decoded path: "/v1.41/info" gives 1.41. A path without one
/// is valid. `prefix` becomes the length of the version with its slash ("/v1.41"), or 0.
std::optional<Refusal> read_version(std::string_view path, ApiVersion& out, std::size_t& prefix);

inline bool is_older_than_served(const ApiVersion& version) {
  return version.given() && version.minor < oldest_minor;
}

/// Refuses versions for which the operation is not served.
std::optional<Refusal> check_version(const Request&);

/// Returns 41 for "1.41", and nothing for text that is not a version 1.x of the API.
std::optional<unsigned> minor_of(std::string_view version);

}  // namespace acl
