// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "acl/appender.hpp"

namespace proxy {

/// Appends `text` as the content of a JSON string. Bytes other than printable ASCII are escaped, or
/// written as U+FFFD if they are not known to be UTF-8, because clients may send any bytes.
void append_json_text(std::string_view text, acl::Appender& out);

}  // namespace proxy
