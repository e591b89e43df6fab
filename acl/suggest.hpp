// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace acl {

/// Suggests a replacement for an unknown entry of `allow` or `deny`: "did you mean '@container'?".
/// It also knows the words of other proxies, such as `CONTAINERS`. Empty where nothing is similar.
std::string suggest_entry(std::string_view entry);

/// The same for any word among `valid`.
std::string suggest_word(std::string_view word, std::span<const std::string> valid);

/// Levenshtein distance between two words, ignoring the case of ASCII letters.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace acl
