// SPDX-License-Identifier: Apache-2.0
#include "acl/command_line.hpp"

#include <cstddef>

namespace acl {

void copy_command_line(json::Value words, std::vector<std::string>& out) {
  std::size_t room = 1024;
  for (const json::Value word : words) {
    const auto text = word.text();
    out.emplace_back(text.substr(0, room));
    if (text.size() >= room) return void(out.back() += "...");
    room -= text.size() + 1;  // also an empty word takes some, so their number is bounded
  }
}

}  // namespace acl
