// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "acl/appender.hpp"

namespace proxy {

/// Appends `text` as the content of a JSON string. Bytes other than printable ASCII are escaped, or
/// written as U+FFFD if they are not known to be UTF-8, because clients may send any bytes.
void append_json_text(std::string_view text, acl::Appender& out);

/// The most bytes that append_json_text() appends.
std::size_t json_text_bytes(std::string_view text);

}  // namespace proxy
