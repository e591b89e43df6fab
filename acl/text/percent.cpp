// SPDX-License-Identifier: Apache-2.0
#include "acl/text/percent.hpp"

#include <algorithm>
#include <cstdint>

#include "acl/text/numbers.hpp"

namespace acl {
namespace {

constexpr ByteSet kept_in_path = unreserved_and("/:@,=+$&");
constexpr ByteSet kept_in_query = unreserved_and("/:@,");

}  // namespace

std::optional<char> decode_escape(std::string_view text) {
  if (text.size() < 3) return std::nullopt;
  const auto byte = whole_number<std::uint8_t>(text.substr(1, 2), 16);
  return byte ? std::optional(static_cast<char>(*byte)) : std::nullopt;
}

bool decode_query_part(std::string_view text, std::string& out) {
  const auto plain = [&out](std::string_view piece) {
    out.append(piece);
    std::replace(out.end() - static_cast<std::ptrdiff_t>(piece.size()), out.end(), '+', ' ');
  };
  return decode(text, plain, [&out](char byte) { out.push_back(byte); });
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

void encode_path(std::string_view path, std::string& out) {
  encode(path, kept_in_path, out);
}

void encode_query_value(std::string_view value, std::string& out) {
  encode(value, kept_in_query, out);
}

}  // namespace acl
