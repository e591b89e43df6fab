// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace acl {

/// Whether a byte of text needs a closer look: a control character, a part of what is not ASCII, or
/// one of `Also`.
template <char... Also>
constexpr bool is_special(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte >= 0x80 || ((c == Also) || ...);
}

/// Eight bytes of text as a number; the first is the lowest.
inline std::uint64_t load_eight(const char* text) {
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

/// The first special byte of a text, `end` if there is none. Looks at eight bytes at a time, as
/// heads, bodies and records are full of others: the subtractions borrow from the high bit of a
/// byte that is one of `Also` or below 0x20. A borrow may reach the bytes behind it, but never
/// those before.
template <char... Also>
const char* find_special(const char* at, const char* end) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  for (; end - at >= 8; at += 8) {
    const std::uint64_t word = load_eight(at);
    const std::uint64_t controls = word - ones * 0x20;
    const std::uint64_t others =
        (((word ^ ones * static_cast<unsigned char>(Also)) - ones) | ... | 0);
    const std::uint64_t found = (word | controls | others) & ones * 0x80;
    if (found != 0) return at + std::countr_zero(found) / 8;
  }
  while (at != end && !is_special<Also...>(*at)) ++at;
  return at;
}

constexpr char del = 0x7f;

/// Printable ASCII only, the space included, and nothing of `Except`.
template <char... Except>
bool all_printable(std::string_view text) {
  const char* end = text.data() + text.size();
  return find_special<del, Except...>(text.data(), end) == end;
}

}  // namespace acl
