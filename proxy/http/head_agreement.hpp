// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "proxy/http/head.hpp"

namespace proxy::http {

/// Whether llhttp reads the same in `bytes` as our own reader, whose result is `head`: method,
/// target, version, framing, keep-alive, and the fields in their order. A head that two parsers
/// read differently could smuggle a request past one of them. `head` holds views into `bytes`.
bool llhttp_agrees(std::string_view bytes, const RequestHead& head);

/// The same for an answer's head, including its status.
/// \param to_head whether it answers a HEAD request.
bool llhttp_agrees(std::string_view bytes, const ResponseHead& head, bool to_head);

}  // namespace proxy::http
