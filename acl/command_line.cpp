// SPDX-License-Identifier: Apache-2.0
#include "acl/command_line.hpp"

#include <cstddef>

namespace acl {

void copy_command_line(json::Value words, std::vector<std::string>& out) {
  std::size_t room = 1024;
  for (const json::Value word : words) {
    if (!out.empty()) {  // the space in between; it bounds the number of empty words, too
      if (room == 0) return void(out.back() += "...");
      --room;
    }
    const auto text = word.text();
    out.emplace_back(text.substr(0, room));
    if (text.size() > room) return void(out.back() += "...");
    room -= text.size();
  }
}

}  // namespace acl
