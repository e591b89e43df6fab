// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "acl/reason.hpp"
#include "proxy/http/head.hpp"

namespace proxy::http {

/// The fields of a head that must not be repeated: how often each occurs, and its value.
struct FramingFields {
  std::size_t hosts = 0, lengths = 0, encodings = 0;
  std::string_view length, encoding;
};

FramingFields framing_fields(const Head&);

/// Checks that a head announces one framing, once and unambiguously (RFC 9112 section 6). Heads
/// that Go would repair, by joining or ignoring fields, are refused.
std::optional<acl::Reason> check_framing(const FramingFields&, unsigned minor_version);

/// How an answer's body ends (RFC 9112 section 6.3). The head must have passed check_framing().
/// \param to_head whether it answers a HEAD request.
Framing answer_framing(const FramingFields&, unsigned status, bool to_head);

/// Content-Length as a number, or 0 without one. The head must have passed check_framing().
std::uint64_t length_of(const FramingFields&);

}  // namespace proxy::http
