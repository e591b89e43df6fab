// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acl/text/ascii.hpp"

namespace acl {

/// Bytes that no URI needs to escape (RFC 3986 section 2.3), and `others`.
constexpr ByteSet unreserved_and(std::string_view others) {
  ByteSet set = letters_digits_and(others);
  for (const char c : std::string_view("-._~")) set[static_cast<unsigned char>(c)] = true;
  return set;
}

/// The byte of the escape at the start of `text` ('/' for "%2Fjson"); none where `%` is not
/// followed by two hex digits.
std::optional<char> decode_escape(std::string_view text);

/// Passes unescaped text to `plain` and the byte of each escape to `escaped`.
/// \returns false at a malformed escape, where it stops
template <class Plain, class Escaped>
bool decode(std::string_view text, Plain plain, Escaped escaped) {
  for (;;) {
    const auto at = text.find('%');
    plain(text.substr(0, at));
    if (at == text.npos) return true;
    text.remove_prefix(at);
    const auto byte = decode_escape(text);
    if (!byte) return false;
    escaped(*byte);
    text.remove_prefix(3);
  }
}

/// Appends one part of a query, decoded as Go's url.QueryUnescape does: `+` is a space.
/// \returns false at a malformed escape; `out` then holds what came before it.
bool decode_query_part(std::string_view text, std::string& out);

/// Appends `text` and escapes each byte that is not one of `kept`.
void encode(std::string_view text, const ByteSet& kept, std::string& out);

/// Appends a decoded path in its canonical spelling. Slashes stay, and so do bytes that RFC 3986
/// allows in a segment and that Go's url.URL.EscapedPath leaves alone.
void encode_path(std::string_view path, std::string& out);

/// Appends a parameter's value in its canonical spelling. A space becomes %20, since parsers
/// disagree about `+`.
void encode_query_value(std::string_view value, std::string& out);

}  // namespace acl
