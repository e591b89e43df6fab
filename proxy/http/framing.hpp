// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "acl/reason.hpp"
#include "proxy/http/head.hpp"

namespace proxy::http {

/// The fields of a head that may stand there once: how often they do, and what they say.
struct FramingFields {
  std::size_t hosts = 0, lengths = 0, encodings = 0;
  std::string_view length, encoding;
};

FramingFields framing_fields(const Head&);

/// RFC 9112 section 6: one framing, said once and plainly. What Go joins, ignores or prefers is
/// refused.
std::optional<acl::Reason> check_framing(const FramingFields&, unsigned minor_version);

/// How the answer's body ends (RFC 9112 section 6.3), of a head that check_framing() has passed.
/// \param to_head it answers a HEAD request.
Framing answer_framing(const FramingFields&, unsigned status, bool to_head);

/// Content-Length as a number, where there is one that check_framing() has passed; else 0.
std::uint64_t length_of(const FramingFields&);

}  // namespace proxy::http
