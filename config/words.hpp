// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

/// Messages show text from the file in single quotes (acl::quoted), and suggestions in backquotes.
namespace config {

/// Returns `text` in backquotes.
std::string code(std::string_view text);

/// Returns whether a shell would replace a part of `text`: "${DOCKER_HOST}", "$HOME/x". tidegate
/// expands nothing.
bool has_variable(std::string_view text);

/// Suggests a replacement for an unknown word: "did you mean 'listeners'?" if a word of `valid` is
/// similar, else all of them.
std::string suggest(std::string_view word, std::span<const std::string_view> valid);

}  // namespace config
