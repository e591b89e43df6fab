// SPDX-License-Identifier: Apache-2.0
#include "config/words.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "acl/suggest.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/shown.hpp"

namespace config {

std::string code(std::string_view text) {
  constexpr std::size_t longest = 128;  // enough for every socket path
  return "`" + acl::shown(text, longest) + "`";
}

bool has_variable(std::string_view text) {
  const auto begins_name = [](char c) { return c == '{' || c == '_' || acl::is_letter(c); };
  const auto found = std::ranges::adjacent_find(
      text, [&](char dollar, char next) { return dollar == '$' && begins_name(next); });
  return found != text.end();
}

std::string suggest(std::string_view word, std::span<const std::string_view> valid) {
  auto nearest = acl::suggest_word(word, std::vector<std::string>(valid.begin(), valid.end()));
  if (!nearest.empty()) return nearest;
  std::string all;
  for (const auto known : valid) all += (all.empty() ? "known here: " : ", ") + std::string(known);
  return all;
}

}  // namespace config
