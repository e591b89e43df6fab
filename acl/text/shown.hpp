// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace acl {

/// A client's bytes made fit for a message or a record: printable ASCII as it is, other bytes as
/// `?`, and `...` where it was cut at `limit` bytes.
std::string shown(std::string_view text, std::size_t limit = 64);

/// shown() in single quotes, for sentences.
std::string quoted(std::string_view text, std::size_t limit = 64);

}  // namespace acl
