// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>

namespace acl {

/// Returns whether `is_good` holds for each part of `text` between separators; "" has one part.
template <class IsGood>
bool all_words(std::string_view text, char separator, IsGood is_good) {
  for (;;) {
    const auto at = text.find(separator);
    if (!is_good(text.substr(0, at))) return false;
    if (at == text.npos) return true;
    text.remove_prefix(at + 1);
  }
}

/// Calls `use` with each part of `text` between separators; an empty text has one part, "".
template <class Use>
void for_each_word(std::string_view text, char separator, Use use) {
  all_words(text, separator, [&use](std::string_view word) {
    use(word);
    return true;
  });
}

/// Returns `text` without the `blanks` at its ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

template <class List>
bool is_one_of(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace acl
