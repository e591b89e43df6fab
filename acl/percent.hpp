// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace acl {

/// The byte of the escape that `text` begins with ("%2Fjson" is '/'); none where `%` is not
/// followed by two hex digits.
std::optional<char> decode_escape(std::string_view text);

/// Appends one part of a query, decoded as Go's url.QueryUnescape does: `+` is a space.
/// \returns false at a malformed escape; `out` then holds what came before it.
bool decode_query_part(std::string_view text, std::string& out);

/// Appends the one spelling of a decoded path. Slashes stay, as does what RFC 3986 allows in a
/// segment and Go's url.URL.EscapedPath leaves alone.
void encode_path(std::string_view path, std::string& out);

/// Appends the one spelling of a parameter's value. A space is %20, since `+` means different
/// things in different parsers.
void encode_query_value(std::string_view value, std::string& out);

/// UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace acl
