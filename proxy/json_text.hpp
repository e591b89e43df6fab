// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "acl/appender.hpp"

namespace proxy {

/// Appends `text` as it stands between the quotes of a JSON string. Bytes that are no printable
/// ASCII are escaped or, where they are not known to be UTF-8, written as U+FFFD: a log line must
/// hold whatever a client sends.
void append_json_text(std::string_view text, acl::Appender& out);

}  // namespace proxy
