// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "proxy/http/head.hpp"

namespace proxy::http {

/// Whether llhttp reads `bytes` as `head` says, which our own reader has read in them: the same
/// method, target, version, framing, keep-alive and fields in their order. What two parsers read
/// differently can be used to smuggle a request past one of them. `head` holds views into `bytes`.
bool llhttp_agrees(std::string_view bytes, const RequestHead& head);

/// The same of an answer's head, with its status.
/// \param to_head it answers a HEAD request.
bool llhttp_agrees(std::string_view bytes, const ResponseHead& head, bool to_head);

}  // namespace proxy::http
