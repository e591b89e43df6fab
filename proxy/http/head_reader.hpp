// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "acl/reason.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/head_check.hpp"
#include "proxy/http/head_memory.hpp"

namespace proxy::http {

/// Reads a request head: all bytes up to and including the empty line. Checks its grammar with
/// check_request_head(), and that it has one Host and one framing.
/// \param out receives views into `bytes`.
/// \returns why it is refused.
std::optional<acl::Reason> read_request_head(std::string_view bytes, const HeadLimits&,
                                             RequestHead& out);

/// Reads the head of an answer.
/// \param to_head whether it answers a HEAD request.
/// \returns false if it is malformed.
bool read_response_head(std::string_view bytes, const HeadLimits&, bool to_head, ResponseHead& out);

/// Reads all heads in production: with the functions above and with llhttp. A head that the two
/// read differently is refused; this is the only defence against smuggling that does not depend on
/// either being right. A head that both accepted before on this worker is not read again.
class HeadReader {
 public:
  /// \param out receives views into `bytes`.
  /// \returns why the head is refused.
  std::optional<acl::Reason> read_request(std::string_view bytes, const HeadLimits&,
                                          RequestHead& out);
  std::optional<acl::Reason> read_answer(std::string_view bytes, const HeadLimits&, bool to_head,
                                         ResponseHead& out);

 private:
  HeadMemory memory_;
};

}  // namespace proxy::http
