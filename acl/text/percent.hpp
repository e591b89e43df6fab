// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acl/text/ascii.hpp"

namespace acl {

/// What no URI needs to escape (RFC 3986 section 2.3), and `others`.
constexpr ByteSet unreserved_and(std::string_view others) {
  ByteSet set = letters_digits_and(others);
  for (const char c : std::string_view("-._~")) set[static_cast<unsigned char>(c)] = true;
  return set;
}

/// The byte of the escape that `text` begins with ("%2Fjson" is '/'); none where `%` is not
/// followed by two hex digits.
std::optional<char> decode_escape(std::string_view text);

/// Hands on what stands in `text` as it is to `plain`, and the byte of each escape to `escaped`.
/// \returns false at a malformed escape, with which it ends
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

/// Appends `text` with an escape for each byte that is not one of `kept`.
void encode(std::string_view text, const ByteSet& kept, std::string& out);

/// Appends the one spelling of a decoded path. Slashes stay, as does what RFC 3986 allows in a
/// segment and Go's url.URL.EscapedPath leaves alone.
void encode_path(std::string_view path, std::string& out);

/// Appends the one spelling of a parameter's value. A space is %20, since `+` means different
/// things in different parsers.
void encode_query_value(std::string_view value, std::string& out);

}  // namespace acl
