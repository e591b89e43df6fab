// SPDX-License-Identifier: Apache-2.0
#pragma once

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

}  // namespace acl
