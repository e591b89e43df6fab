// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

namespace proxy {

/// How much memory the control groups (v1 or v2) of this process leave it, as they say it now;
/// nothing where they set no limit.
/// \param root where proc and sys are; for tests
std::optional<std::size_t> cgroup_memory_limit(const std::filesystem::path& root = "/");

/// `limits.held_bytes` where the configuration leaves it to tidegate.
std::size_t default_held_bytes(std::optional<std::size_t> memory_limit);

}  // namespace proxy
