// SPDX-License-Identifier: Apache-2.0
#include "acl/text/distinguished_name.hpp"

#include <cstdint>
#include <optional>

#include "acl/text/numbers.hpp"

namespace acl {
namespace {

/// The byte above 7F that two hex digits stand for.
std::optional<char> letter_byte(std::string_view digits) {
  const auto byte = whole_number<std::uint8_t>(digits, 16);
  if (digits.size() != 2 || !byte || *byte < 0x80) return std::nullopt;
  return static_cast<char>(*byte);
}

}  // namespace

std::string with_plain_letters(std::string_view name) {
  std::string plain;
  while (!name.empty()) {
    const bool is_escape = name.front() == '\\';
    const auto byte = is_escape ? letter_byte(name.substr(1, 2)) : std::nullopt;
    const auto kept = name.substr(0, is_escape ? 2 : 1);  // a backslash may itself be escaped
    if (byte)
      plain += *byte;
    else
      plain += kept;
    name.remove_prefix(byte ? 3 : kept.size());
  }
  return plain;
}

}  // namespace acl
