// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "acl/result.hpp"

namespace acl {

/// The one spelling of a URI, with stars or without: scheme and host in lower case, no escape that
/// need not be one, the others in upper case (RFC 3986 section 6.2.2). A path with `.`, `..` or
/// an empty segment has none, however these are spelled: some readers take it for another path.
/// \returns it, or why there is none: "has an empty segment".
Result<std::string> normal_uri(std::string_view uri);

/// "https", "spiffe"
bool is_scheme(std::string_view text);

/// Whether a text begins with a scheme and a colon, as URIs do.
bool has_scheme(std::string_view text);

}  // namespace acl
