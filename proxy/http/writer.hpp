// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "acl/constraint/spec.hpp"
#include "acl/reason.hpp"
#include "acl/request.hpp"
#include "proxy/http/head.hpp"

namespace proxy::http {

/// How a body is delimited on its way out.
struct OutgoingBody {
  Framing framing = Framing::none;
  std::uint64_t length = 0;
};

/// Appends the head that goes to the engine, but for its framing and its end: the canonical target
/// and the header fields that the engine has a use for, each once. Nothing else of the client's
/// head goes on (guarantee 2 in .github/SECURITY.md).
/// \param habits whether query parameters that the operation does not know go on too.
/// \param upgrade the protocol to ask for, empty for none.
void begin_request_head(const acl::Request&, const RequestHead& from_client, acl::Habits habits,
                        std::string_view upgrade, std::string& out);
/// Ends what begin_request_head() began, when the body is known.
void end_request_head(OutgoingBody, std::string& out);

/// The object in a head's target is named otherwise now: writes the target anew.
void restate_target(const acl::Request&, acl::Habits, std::string& head);

/// What the client is told about its connection.
enum class Connection : std::uint8_t { keep_alive, close, upgrade, unsaid };

/// Appends the head of the engine's answer for the client. Hop-by-hop fields are left out
/// (RFC 9110 section 7.6.1); framing and connection are written anew.
void append_response_head(const ResponseHead&, OutgoingBody, Connection, std::string& out);

/// Appends a whole answer.
/// \param to_head it answers a HEAD request: no body follows.
void append_answer(unsigned status, std::string_view content_type, std::string_view body,
                   Connection, bool to_head, std::string& out);

/// Appends a whole answer of tidegate's own, in the engine's error shape:
/// {"message":"tidegate: …","reason":"operation.denied"}.
/// \param to_head it answers a HEAD request: no body follows.
void append_refusal(const acl::Refusal&, Connection, bool to_head, std::string& out);

/// Appends "1f40\r\n", the line that begins a chunk.
void append_chunk_line(std::uint64_t size, std::string& out);

}  // namespace proxy::http
