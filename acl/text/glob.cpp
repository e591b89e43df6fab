// SPDX-License-Identifier: Apache-2.0
#include "acl/text/glob.hpp"

#include <cstddef>

namespace acl {

// On a mismatch only the last star of each kind is tried again; a `*` that would have to pass a
// separator falls back to the `**` before it.
bool fits(std::string_view glob, std::string_view text, char separator) {
  struct Star {
    std::size_t glob = std::string_view::npos, text = 0;
  };
  Star single, twofold;
  std::size_t g = 0, t = 0;
  while (t < text.size() || g < glob.size()) {
    if (g < glob.size() && glob[g] == '*') {
      const bool two = g + 1 < glob.size() && glob[g + 1] == '*';
      g += two ? 2 : 1;
      (two ? twofold : single) = {g, t};
      if (two) single = {};
    } else if (g < glob.size() && t < text.size() && glob[g] == text[t]) {
      ++g, ++t;
    } else if (single.glob != glob.npos && single.text < text.size() &&
               text[single.text] != separator) {
      g = single.glob;
      t = ++single.text;
    } else if (twofold.glob != glob.npos && twofold.text < text.size()) {
      g = twofold.glob;
      t = ++twofold.text;
      single = {};
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace acl
