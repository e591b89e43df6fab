// SPDX-License-Identifier: Apache-2.0
#include "acl/text/shown.hpp"

namespace acl {

std::string shown(std::string_view text, std::size_t limit) {
  std::string out(text.substr(0, limit));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  if (text.size() > limit) out += "...";
  return out;
}

std::string quoted(std::string_view text, std::size_t limit) {
  return "'" + shown(text, limit) + "'";
}

}  // namespace acl
