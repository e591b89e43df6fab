// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace proxy {

/// Printable ASCII, the space included, but for the characters of `Except`.
template <char... Except>
constexpr bool is_printable(char c) {
  return c >= 0x20 && c < 0x7f && ((c != Except) && ...);
}

/// Where the run of printable ASCII that begins at `at` ends, or `end`; `Except` ends it too. Eight
/// bytes are looked at in one step: heads and records are full of such runs.
template <char... Except>
const char* skip_printable(const char* at, const char* end) {
  static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
  constexpr std::uint64_t each = 0x0101010101010101;
  for (std::uint64_t word = 0; end - at >= std::ptrdiff_t{sizeof word}; at += sizeof word) {
    std::memcpy(&word, at, sizeof word);
    // Sets the top bit of each byte that ends the run. A borrow may set that of a byte behind one,
    // never of one before it: the lowest is right.
    const std::uint64_t ends =
        each * 0x80 & (word | (word - each * 0x20) | ((word ^ each * 0x7f) - each) |
                       (((word ^ each * static_cast<unsigned char>(Except)) - each) | ... | 0));
    if (ends != 0) return at + std::countr_zero(ends) / 8;
  }
  while (at != end && is_printable<Except...>(*at)) ++at;
  return at;
}

template <char... Except>
bool all_printable(std::string_view text) {
  const char* end = text.data() + text.size();
  return skip_printable<Except...>(text.data(), end) == end;
}

}  // namespace proxy
