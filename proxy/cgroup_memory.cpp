// SPDX-License-Identifier: Apache-2.0
#include "proxy/cgroup_memory.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

namespace proxy {
namespace {

namespace fs = std::filesystem;

/// Reads the number in a file; nothing for "max" or if there is no such file.
std::optional<std::size_t> number_in(const fs::path& file) {
  std::size_t number = 0;
  if (std::ifstream(file) >> number) return number;
  return std::nullopt;
}

/// The lowest limit of the group and of its parents. Inside a container the group's path may be the
/// host's and not exist; the walk then ends at the mount, which is the container's own group.
std::optional<std::size_t> least_limit(const fs::path& mount, fs::path group, const char* file) {
  std::optional<std::size_t> least;
  for (;; group = group.parent_path()) {
    const auto limit = number_in(mount / group / file);
    if (limit) least = std::min(least.value_or(*limit), *limit);
    if (group.empty()) return least;
  }
}

bool is_one_of(std::string_view word, std::string_view list) {
  return ("," + std::string(list) + ",").find("," + std::string(word) + ",") != list.npos;
}

}  // namespace

std::optional<std::size_t> cgroup_memory_limit(const fs::path& root) {
  const auto mount = root / "sys/fs/cgroup";
  std::optional<std::size_t> least;
  std::ifstream groups(root / "proc/self/cgroup");
  // A line is ID:CONTROLLERS:/PATH; version 2 has one line, with the id 0 and no controllers.
  for (std::string id, controllers, path; std::getline(groups, id, ':') &&
                                          std::getline(groups, controllers, ':') &&
                                          std::getline(groups, path);) {
    const auto group = fs::path(path).relative_path();
    std::optional<std::size_t> limit;
    if (id == "0" && controllers.empty()) limit = least_limit(mount, group, "memory.max");
    if (is_one_of("memory", controllers))
      limit = least_limit(mount / "memory", group, "memory.limit_in_bytes");
    if (limit) least = std::min(least.value_or(*limit), *limit);
  }
  return least;
}

std::size_t default_held_bytes(std::optional<std::size_t> memory_limit) {
  constexpr std::size_t most = std::size_t{256} * 1024 * 1024;
  return std::min(most, memory_limit.value_or(most * 3) / 3);
}

}  // namespace proxy
