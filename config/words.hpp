// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

/// Messages show what stands in the file in single quotes (acl::quoted), and what to write instead
/// in backquotes.
namespace config {

/// `text` in backquotes.
std::string code(std::string_view text);

/// What to write instead of an unknown word: "did you mean 'listeners'?" where one of `valid` is
/// near, else all of them.
std::string suggest(std::string_view word, std::span<const std::string_view> valid);

}  // namespace config
