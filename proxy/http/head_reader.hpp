// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "acl/reason.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/head_check.hpp"
#include "proxy/http/head_memory.hpp"

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

/// How heads are read in earnest: by the functions above, and by llhttp beside them. One that the
/// two read differently is refused, which is the one defence against smuggling that does not depend
/// on either being right. What both have accepted on this worker is not read again.
class HeadReader {
 public:
  /// \param out holds views into `bytes`.
  /// \returns why the head is refused.
  std::optional<acl::Reason> read_request(std::string_view bytes, const HeadLimits&,
                                          RequestHead& out);
  std::optional<acl::Reason> read_answer(std::string_view bytes, const HeadLimits&, bool to_head,
                                         ResponseHead& out);

 private:
  HeadMemory memory_;
};

}  // namespace proxy::http
