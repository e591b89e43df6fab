// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace proxy {

/// Appends `text` as a JSON string. Bytes that are no printable ASCII are escaped or, where they
/// are not known to be UTF-8, written as U+FFFD: a log line must hold whatever a client sends.
void append_json_string(std::string_view text, std::string& out);

}  // namespace proxy
