// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "acl/reason.hpp"
#include "acl/request.hpp"

namespace acl {

/// Below it ContainerStart takes a body that replaces the container's HostConfig.
inline constexpr unsigned oldest_minor = 24;
/// Far above any version to come; bounds what is taken for a version at all.
inline constexpr unsigned highest_minor = 999;
/// The newest whose answers tidegate knows; it asks the engine in no newer one.
inline constexpr unsigned newest_known_minor = 52;

/// Reads the version that a decoded path begins with: "/v1.41/info" is 1.41. A path without one is
/// no error. `prefix` is the length of the version with its slash, "/v1.41", and 0 without one.
std::optional<Refusal> read_version(std::string_view path, ApiVersion& out, std::size_t& prefix);

/// "1.41" is 41; nothing where it is no version 1 of the API.
std::optional<unsigned> minor_of(std::string_view version);

}  // namespace acl
