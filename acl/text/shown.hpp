// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace acl {

/// Makes a client's bytes fit for a message or a record: printable ASCII stays, other bytes become
/// `?`, and `...` marks text that was cut at `limit` bytes.
std::string shown(std::string_view text, std::size_t limit = 64);

/// Returns shown() in single quotes, for sentences.
std::string quoted(std::string_view text, std::size_t limit = 64);

/// Returns a URL or an image's reference with `***` in place of the user and password before its
/// host: "https://***@registry.corp/a". Other text stays as it is.
std::string without_userinfo(std::string_view text);

/// Returns a request's target, or a path, without user and password and up to the query or
/// fragment, whose `?` or `#` may be escaped.
std::string shown_target(std::string_view target);

}  // namespace acl
