// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "acl/reason.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/head_check.hpp"

namespace proxy::http {

/// Checks a request head, all bytes up to and with the empty line, and reads it: what
/// check_request_head() wants of the grammar, and what the RFC asks beyond: one Host, one framing.
/// \param out holds views into `bytes`.
/// \returns why it is refused.
std::optional<acl::Reason> read_request_head(std::string_view bytes, const HeadLimits&,
                                             RequestHead& out);

/// The same for the head of an answer.
/// \param to_head it answers a HEAD request.
/// \returns false where it is malformed.
bool read_response_head(std::string_view bytes, const HeadLimits&, bool to_head, ResponseHead& out);

}  // namespace proxy::http
