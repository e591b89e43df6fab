// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "acl/reason.hpp"
#include "proxy/http/head.hpp"

namespace proxy::http {

/// Limits of a head; see `limits` in the configuration.
struct HeadLimits {
  std::size_t bytes = 64 * 1024;
  std::size_t fields = 100;
  std::size_t target_bytes = 32 * 1024;
};

/// Checks a request head byte by byte, more strictly than parsers do: llhttp 8.1 accepts, even in
/// strict mode, folded lines, a bare LF after the request line, empty field names, two spaces in
/// the request line, other protocols and `#` in the target. `head` is all bytes up to and including
/// the empty line.
/// \param out if given, receives the request line, the version and the fields as views into `head`,
/// without blanks around values.
/// \returns why it is refused.
std::optional<acl::Reason> check_request_head(std::string_view head, const HeadLimits&,
                                              RequestHead* out = nullptr);

/// Checks the header lines of a response. \returns true if they are well-formed.
bool check_response_head(std::string_view head, const HeadLimits&,
                         std::vector<Field>* fields = nullptr);

/// Whether `text` is valid as a response's field value or reason phrase.
bool is_response_text(std::string_view text);

/// Detects bytes that can no longer become a head before the head is complete: HTTP/2's preface, or
/// a line end that is not CR LF. Otherwise a client that ends its lines in LF would wait for a
/// time-out.
/// \param seen how many of the bytes an earlier call has seen
std::optional<acl::Reason> hopeless(std::string_view begun, std::size_t seen = 0);

}  // namespace proxy::http
