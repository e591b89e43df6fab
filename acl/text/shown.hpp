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

}  // namespace acl
