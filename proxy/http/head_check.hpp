// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "acl/reason.hpp"
#include "proxy/http/head.hpp"

namespace proxy::http {

/// Bounds of a head; see `limits` in the configuration.
struct HeadLimits {
  std::size_t bytes = 64 * 1024;
  std::size_t fields = 100;
  std::size_t target_bytes = 32 * 1024;
};

/// Checks a request head byte by byte, more strictly than parsers do: llhttp 8.1 accepts, even in
/// strict mode, folded lines, a bare LF after the request line, empty field names, two spaces in
/// the request line, other protocols and `#` in the target. `head` is all bytes up to and with the
/// empty line.
/// \param out receives what stands there where it is given: the request line, the version and the
/// fields, views into `head`, without blanks around values.
/// \returns why it is refused.
std::optional<acl::Reason> check_request_head(std::string_view head, const HeadLimits&,
                                              RequestHead* out = nullptr);

/// The same for the header lines of a response; true where they are well-formed.
bool check_response_head(std::string_view head, const HeadLimits&,
                         std::vector<Field>* fields = nullptr);

/// Whether `text` is what may stand in a response's field values, or be its phrase.
bool is_response_text(std::string_view text);

/// Bytes that can no longer become a head, told before the head is whole: HTTP/2's preface, or a
/// line end that is not CR LF. Without this a client that ends its lines in LF would wait for a
/// time-out.
std::optional<acl::Reason> hopeless(std::string_view begun);

}  // namespace proxy::http
