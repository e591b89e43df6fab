// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace acl::json {

/// Whether a byte of a string needs a closer look: a quote, a backslash, a control character, or a
/// part of what is not ASCII.
constexpr bool is_special(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\';
}

/// Eight bytes of text as a number; the first is the lowest.
inline std::uint64_t load_eight(const char* text) {
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

/// The first special byte of a text, `end` if there is none. Looks at eight bytes at a time: the
/// subtractions borrow from the high bit of a byte that is a quote, a backslash or below 0x20. A
/// borrow may reach the bytes behind it, but never those before.
inline const char* find_special(const char* at, const char* end) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  while (end - at >= 8) {
    const std::uint64_t word = load_eight(at);
    const std::uint64_t quotes = (word ^ ones * '"') - ones;
    const std::uint64_t backslashes = (word ^ ones * '\\') - ones;
    const std::uint64_t controls = word - ones * 0x20;
    const std::uint64_t found = (word | quotes | backslashes | controls) & ones * 0x80;
    if (found != 0) return at + std::countr_zero(found) / 8;
    at += 8;
  }
  while (at != end && !is_special(*at)) ++at;
  return at;
}

}  // namespace acl::json
