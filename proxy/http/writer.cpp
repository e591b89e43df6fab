// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "acl/appender.hpp"
#include "proxy/json_text.hpp"

namespace proxy::http {
namespace {

using acl::Appender;

void append_field(std::string_view name, std::string_view value, Appender& out) {
  out.put(name, ": ", value, "\r\n");
}

void append_status_line(unsigned status, std::string_view phrase, Appender& out) {
  out.put("HTTP/1.1 ");
  out.put_number(status);
  out.put(" ", phrase, "\r\n");
}

void append_request_line(const acl::Request& request, acl::Habits habits, std::string& out) {
  out.append(acl::to_string(request.method)).append(" ");
  acl::append_target(request, out);
  if (habits == acl::Habits::keep) acl::append_unknown_parameters(request, out);
  out.append(" HTTP/1.1\r\n");
}

void append_framing(OutgoingBody body, Appender& out) {
  if (body.framing == Framing::chunked) out.put("Transfer-Encoding: chunked\r\n");
  if (body.framing != Framing::length) return;
  out.put("Content-Length: ");
  out.put_number(body.length);
  out.put("\r\n");
}

struct Whole {
  unsigned status;
  std::string_view content_type;
  std::string_view reason;  ///< id of a refusal's reason; empty for other answers
  std::string_view body;
};

void append_whole(const Whole& answer, Connection connection, bool to_head, std::string& out) {
  Appender to(out);
  append_status_line(answer.status, phrase(answer.status), to);
  if (!answer.content_type.empty()) append_field("Content-Type", answer.content_type, to);
  if (!answer.reason.empty()) append_field("Tidegate-Reason", answer.reason, to);
  if (connection == Connection::close) to.put("Connection: close\r\n");
  append_framing({Framing::length, answer.body.size()}, to);
  to.put("\r\n");
  if (!to_head) to.put(answer.body);
}

/// Fields of a request that the engine's handlers read. No other field is sent to it.
constexpr bool is_passed_on(Known field) {
  using enum Known;
  return field == content_type || field == accept || field == user_agent ||
         field == x_registry_auth || field == x_registry_config || field == origin;
}

/// Prefixes of further such fields: websocket handshakes, BuildKit sessions, hints for image pulls.
constexpr std::array<std::string_view, 3> passed_on_families = {
    "Sec-WebSocket-", "X-Docker-Expose-Session-", "X-Meta-"};

bool is_of_known_family(std::string_view name) {
  return std::ranges::any_of(passed_on_families, [name](auto family) {
    return name.size() > family.size() &&
           equals_ignoring_case(name.substr(0, family.size()), family);
  });
}

/// The engine uses only the first of several fields with one name, so only that one is sent. Fields
/// chosen by prefix may repeat: BuildKit's client sends one for each method that it serves.
bool passes_on(const Head& head, const Field& field) {
  if (field.known == Known::none) return is_of_known_family(field.name);
  if (!is_passed_on(field.known)) return false;
  return std::ranges::find(head.fields, field.known, &Field::known).base() == &field;
}

constexpr bool is_hop_by_hop(Known field) {
  using enum Known;
  return field == connection || field == keep_alive || field == proxy_connection || field == te ||
         field == trailer || field == upgrade || field == proxy_authenticate ||
         field == transfer_encoding || field == content_length;
}

void append_upgrade(std::string_view protocol, Appender& out) {
  out.put("Connection: Upgrade\r\nUpgrade: ", protocol, "\r\n");
}

}  // namespace

void begin_request_head(const acl::Request& request, const RequestHead& from_client,
                        acl::Habits habits, std::string_view upgrade, std::string& out) {
  append_request_line(request, habits, out);
  Appender lines(out);
  lines.put("Host: docker\r\n");
  for (const auto& field : from_client.fields)
    if (passes_on(from_client, field)) append_field(field.name, field.value, lines);
  if (!upgrade.empty()) append_upgrade(upgrade, lines);
}

void restate_target(const acl::Request& request, acl::Habits habits, std::string& head) {
  constexpr std::string_view line_end = "\r\n";
  std::string line;
  append_request_line(request, habits, line);
  head.replace(0, head.find(line_end) + line_end.size(), line);
}

void end_request_head(OutgoingBody body, std::string& head) {
  Appender out(head);
  append_framing(body, out);
  out.put("\r\n");
}

void append_response_head(const ResponseHead& head, OutgoingBody body, Connection connection,
                          std::string& text) {
  Appender out(text);
  append_status_line(head.status, head.phrase, out);
  const auto named = head.value_of(Known::connection);
  for (const auto& field : head.fields)
    if (!is_hop_by_hop(field.known) && (named.empty() || !list_contains(named, field.name)))
      append_field(field.name, field.value, out);
  if (connection == Connection::close) out.put("Connection: close\r\n");
  if (connection == Connection::upgrade) append_upgrade(head.value_of(Known::upgrade), out);
  append_framing(body, out);
  // An answer to HEAD or a 304 has no body but may announce its length (RFC 9110 section 8.6).
  if (body.framing == Framing::none)
    if (const auto length = head.value_of(Known::content_length); !length.empty())
      append_field("Content-Length", length, out);
  out.put("\r\n");
}

void append_refusal(const acl::Refusal& refusal, Connection connection, bool to_head,
                    std::string& out) {
  std::string text;
  {
    Appender body(text);
    body.put("{\"message\":\"tidegate: ");
    append_json_text(refusal.message, body);
    body.put("\",\"reason\":\"", acl::id(refusal.reason), "\"}\n");
  }
  const auto status = static_cast<unsigned>(acl::status(refusal.reason));
  append_whole({status, "application/json", acl::id(refusal.reason), text}, connection, to_head,
               out);
}

void append_answer(unsigned status, std::string_view content_type, std::string_view body,
                   Connection connection, bool to_head, std::string& out) {
  append_whole({status, content_type, "", body}, connection, to_head, out);
}

void append_chunk_line(std::uint64_t size, std::string& out) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
  out.append(digits.data(), end).append("\r\n");
}

}  // namespace proxy::http
