// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace acl {

/// Returns a distinguished name (RFC 2253) or a glob for some with letters where it has their
/// escaped bytes: "CN=J\C3\BCrgen" becomes "CN=Jürgen". OpenSSL prints the former and people write
/// the latter; other escapes, as in "O=Corp\, Inc", have a meaning and stay.
std::string with_plain_letters(std::string_view name);

}  // namespace acl
