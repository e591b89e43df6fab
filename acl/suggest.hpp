// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace acl {

/// What to write instead of an unknown entry of `allow` or `deny`: "did you mean '@container'?".
/// Also knows the words of other proxies, `CONTAINERS` or `containers`. Empty where nothing is
/// near.
std::string suggest_entry(std::string_view entry);

/// The same for any word among `valid`.
std::string suggest_word(std::string_view word, std::span<const std::string> valid);

/// Levenshtein's distance between two words, whatever the case of their ASCII letters.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace acl
