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

/// The framing of a body that tidegate sends.
struct OutgoingBody {
  Framing framing = Framing::none;
  std::uint64_t length = 0;
};

/// Appends the engine's head without its framing and its end: the canonical target and the header
/// fields that the engine uses, each once. Nothing else of the client's head is sent (guarantee 2
/// in .github/SECURITY.md).
/// \param habits whether query parameters that the operation does not know are sent too.
/// \param upgrade the protocol to upgrade to; empty for none.
void begin_request_head(const acl::Request&, const RequestHead& from_client, acl::Habits habits,
                        std::string_view upgrade, std::string& out);
/// Completes the head that begin_request_head() began, when the body is known.
void end_request_head(OutgoingBody, std::string& out);

/// Writes the target of a head again, after a look-up has replaced the object's name by its id.
void restate_target(const acl::Request&, acl::Habits, std::string& head);

/// The Connection field of an answer.
enum class Connection : std::uint8_t { keep_alive, close, upgrade, unsaid };

/// Appends the head of the engine's answer for the client. Leaves out hop-by-hop fields (RFC 9110
/// section 7.6.1) and writes its own fields for framing and connection.
void append_response_head(const ResponseHead&, OutgoingBody, Connection, std::string& out);

/// Appends a complete answer.
/// \param to_head whether it answers a HEAD request; no body follows then.
void append_answer(unsigned status, std::string_view content_type, std::string_view body,
                   Connection, bool to_head, std::string& out);

/// Appends a refusal in the form of the engine's errors:
/// {"message":"tidegate: …","reason":"operation.denied"}.
/// \param to_head whether it answers a HEAD request; no body follows then.
void append_refusal(const acl::Refusal&, Connection, bool to_head, std::string& out);

/// Appends "1f40\r\n", the line that begins a chunk.
void append_chunk_line(std::uint64_t size, std::string& out);

}  // namespace proxy::http
