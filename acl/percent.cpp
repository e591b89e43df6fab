// SPDX-License-Identifier: Apache-2.0
#include "acl/percent.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace acl {
namespace {

using ByteSet = std::array<bool, 256>;

constexpr ByteSet unreserved_and(std::string_view others) {
  ByteSet set{};
  for (int c = '0'; c <= '9'; ++c) set[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) set[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) set[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("-._~")) set[static_cast<std::uint8_t>(c)] = true;
  for (const char c : others) set[static_cast<std::uint8_t>(c)] = true;
  return set;
}

constexpr ByteSet kept_in_path = unreserved_and("/:@,=+$&");
constexpr ByteSet kept_in_query = unreserved_and("/:@,");

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void encode(std::string_view text, const ByteSet& kept, std::string& out) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (kept[byte]) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(digits[byte >> 4]);
      out.push_back(digits[byte & 0xf]);
    }
  }
}

// Length of a UTF-8 sequence and the bounds of its second byte: the bounds are what rules out
// overlong forms, surrogates and code points above U+10FFFF (RFC 3629 section 4).
struct Sequence {
  std::size_t size;
  std::uint8_t second_low = 0x80;
  std::uint8_t second_high = 0xbf;
};

constexpr Sequence sequence_of(std::uint8_t first) {
  if (first < 0x80) return {1};
  if (first >= 0xc2 && first <= 0xdf) return {2};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first >= 0xe1 && first <= 0xef) return {3};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {4};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {0};
}

bool begins_with_utf8(std::string_view text, const Sequence& sequence) {
  if (sequence.size == 0 || sequence.size > text.size()) return false;
  for (std::size_t i = 1; i < sequence.size; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    const std::uint8_t low = i == 1 ? sequence.second_low : 0x80;
    const std::uint8_t high = i == 1 ? sequence.second_high : 0xbf;
    if (byte < low || byte > high) return false;
  }
  return true;
}

}  // namespace

std::optional<char> decode_escape(std::string_view text) {
  if (text.size() < 3) return std::nullopt;
  const int high = hex_value(text[1]);
  const int low = hex_value(text[2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

bool decode_query_part(std::string_view text, std::string& out) {
  for (;;) {
    const auto at = text.find_first_of("%+");
    out.append(text.substr(0, at));
    if (at == std::string_view::npos) return true;
    text.remove_prefix(at);
    if (text.front() == '+') {
      out.push_back(' ');
      text.remove_prefix(1);
      continue;
    }
    const auto byte = decode_escape(text);
    if (!byte) return false;
    out.push_back(*byte);
    text.remove_prefix(3);
  }
}

void encode_path(std::string_view path, std::string& out) {
  encode(path, kept_in_path, out);
}

void encode_query_value(std::string_view value, std::string& out) {
  encode(value, kept_in_query, out);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto sequence = sequence_of(static_cast<std::uint8_t>(text.front()));
    if (!begins_with_utf8(text, sequence)) return false;
    text.remove_prefix(sequence.size);
  }
  return true;
}

}  // namespace acl
