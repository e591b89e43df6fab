// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>

namespace acl::constraint {

/// Calls `use` with each part of `text` between separators; with "" for an empty text.
template <class Use>
void for_each_word(std::string_view text, char separator, Use use) {
  for (;;) {
    const auto at = text.find(separator);
    use(text.substr(0, at));
    if (at == text.npos) return;
    text.remove_prefix(at + 1);
  }
}

template <class List>
bool is_one_of(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace acl::constraint
