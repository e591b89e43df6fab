// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

/// Character classes and cases as protocols define them: ASCII, whatever the locale.
namespace acl {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

constexpr bool is_letter_or_digit(char c) {
  return is_letter(c) || is_digit(c);
}

constexpr bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Printable and not a space.
constexpr bool is_visible(char c) {
  return c > 0x20 && c < 0x7f;
}

/// Returns whether `text` consists of these characters only; an empty text does.
constexpr bool has_only(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == text.npos;
}

constexpr bool is_made_of(std::string_view text, std::string_view characters) {
  return !text.empty() && has_only(text, characters);
}

/// For each byte, whether it is in a set.
using ByteSet = std::array<bool, 256>;

constexpr ByteSet letters_digits_and(std::string_view others) {
  ByteSet set{};
  for (std::size_t c = 0; c < 0x80; ++c) set[c] = is_letter_or_digit(static_cast<char>(c));
  for (const char c : others) set[static_cast<unsigned char>(c)] = true;
  return set;
}

constexpr bool has_only(std::string_view text, const ByteSet& set) {
  return std::ranges::all_of(text, [&set](char c) { return set[static_cast<unsigned char>(c)]; });
}

inline std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

/// Nearly every client spells a name as we do, so exact equality is tried first.
constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a == b || std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace acl
