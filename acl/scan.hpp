// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace acl {

/// Returns whether a byte of text is special: a control character, not ASCII, or one of `Also`.
template <char... Also>
constexpr bool is_special(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte >= 0x80 || ((c == Also) || ...);
}

/// The first bytes of a text as a number, the first byte lowest.
template <class Number>
Number load(const char* text) {
  Number word = 0;
  std::memcpy(&word, text, sizeof word);
  if constexpr (std::endian::native == std::endian::little) return word;
  if constexpr (sizeof word == 4) return __builtin_bswap32(word);
  if constexpr (sizeof word == 8) return __builtin_bswap64(word);
}

/// The same for up to eight bytes, without a loop and without reading past the text's end.
inline std::uint64_t load_up_to_eight(const char* text, std::size_t size) {
  if (size >= 8) return load<std::uint64_t>(text);
  if (size >= 4) {
    const std::uint64_t last = load<std::uint32_t>(text + size - 4);
    return load<std::uint32_t>(text) | last << (size - 4) * 8;
  }
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i)
    word |= std::uint64_t{static_cast<unsigned char>(text[i])} << i * 8;
  return word;
}

/// Returns whether two texts of `size` bytes are equal. For short texts in hot places.
inline bool same(const char* a, const char* b, std::size_t size) {
  if (size < 8) return load_up_to_eight(a, size) == load_up_to_eight(b, size);
  const auto differ = [a, b](std::size_t i) {
    return load<std::uint64_t>(a + i) != load<std::uint64_t>(b + i);
  };
  for (std::size_t i = 8; i + 8 < size; i += 8) {
    if (differ(i)) return false;
  }
  return !differ(0) && !differ(size - 8);
}

#if defined(__SSE2__)
/// A bit for each special byte of sixteen; the lowest bit stands for the first byte.
template <char... Also>
unsigned special_among_sixteen(const char* text) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  // The comparison is signed: bytes that are not ASCII are below 0x20 too.
  __m128i found = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
  ((found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(Also)))), ...);
  return static_cast<unsigned>(_mm_movemask_epi8(found));
}
#endif

/// The high bit of each special byte of eight, reliable up to the first special byte. The
/// subtractions borrow from the high bit of a byte that is one of `Also` or below 0x20; a borrow
/// may reach later bytes, but never earlier ones.
template <char... Also>
std::uint64_t special_among_eight(const char* text) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  const std::uint64_t word = load<std::uint64_t>(text);
  const std::uint64_t controls = word - ones * 0x20;
  const std::uint64_t others =
      (((word ^ ones * static_cast<unsigned char>(Also)) - ones) | ... | 0);
  return (word | controls | others) & ones * 0x80;
}

/// Returns the first special byte of a text, or `end`. Such bytes are rare in heads, bodies and
/// records, so it tests many at a time: one step for nearly every key of a body.
template <char... Also>
const char* find_special(const char* at, const char* end) {
#if defined(__SSE2__)
  for (; end - at >= 16; at += 16) {
    const unsigned found = special_among_sixteen<Also...>(at);
    if (found != 0) return at + std::countr_zero(found);
  }
#endif
  for (; end - at >= 8; at += 8) {
    const std::uint64_t found = special_among_eight<Also...>(at);
    if (found != 0) return at + std::countr_zero(found) / 8;
  }
  while (at != end && !is_special<Also...>(*at)) ++at;
  return at;
}

constexpr char del = 0x7f;

/// Returns whether text is printable ASCII, spaces included, without any of `Except`.
template <char... Except>
bool all_printable(std::string_view text) {
  const char* end = text.data() + text.size();
  return find_special<del, Except...>(text.data(), end) == end;
}

}  // namespace acl
