// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

namespace proxy {

/// The current memory limit of this process's control groups (v1 or v2); nothing if they set none.
/// \param root the folder of proc and sys; for tests
std::optional<std::size_t> cgroup_memory_limit(const std::filesystem::path& root = "/");

/// The value of `limits.held_bytes` if the configuration leaves it at 0 (automatic).
std::size_t default_held_bytes(std::optional<std::size_t> memory_limit);

}  // namespace proxy
