// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "acl/constraint/parts.hpp"
#include "acl/constraint/words.hpp"

namespace acl::constraint {
namespace {

/// As path.Clean leaves it, from the root on: what is relative is refused by the engine.
std::vector<std::string_view> cleaned(std::string_view path) {
  std::vector<std::string_view> parts;
  for_each_word(path, '/', [&](std::string_view part) {
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  });
  return parts;
}

}  // namespace

/// /dev/fd is a link to /proc/self/fd.
bool is_plain_directory(std::string_view path) {
  const auto parts = cleaned(path);
  if (parts.empty()) return true;
  if (parts[0] == "dev") return parts.size() < 2 || parts[1] != "fd";
  return parts[0] != "proc";
}

void check_working_dir(Context& context, json::Value directory) {
  if (is_plain_directory(directory.text())) return;
  context.refuse(Constraint::working_dir, directory, working_dir_wanted);
}

}  // namespace acl::constraint
