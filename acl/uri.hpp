// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "acl/result.hpp"

namespace acl {

/// Returns the canonical spelling of a URI, which may contain stars: scheme and host in lower case,
/// no needless escapes, and upper-case digits in the others (RFC 3986 section 6.2.2). A path with
/// `.`, `..` or an empty segment, escaped or not, has no canonical spelling: some readers take it
/// for another path.
/// \returns the URI, or what is wrong with it: "has an empty segment"
Result<std::string> normal_uri(std::string_view uri);

/// The scheme: "https", "spiffe".
bool is_scheme(std::string_view text);

/// Returns whether a text begins with a scheme and a colon, as URIs do.
bool has_scheme(std::string_view text);

}  // namespace acl
