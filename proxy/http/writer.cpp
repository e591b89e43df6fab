// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace proxy::http {
namespace {

void append_number(std::uint64_t number, int base, std::string& out) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
  out.append(digits.data(), end);
}

void append_field(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_framing(OutgoingBody body, std::string& out) {
  if (body.framing == Framing::chunked) out += "Transfer-Encoding: chunked\r\n";
  if (body.framing != Framing::length) return;
  out += "Content-Length: ";
  append_number(body.length, 10, out);
  out += "\r\n";
}

/// Fields of a request that the engine's handlers read; the rest of a head is no business of its.
constexpr std::array<std::string_view, 6> passed_on = {
    "Content-Type", "Accept", "User-Agent", "X-Registry-Auth", "X-Registry-Config", "Origin"};
/// … and the families of such fields: websocket handshakes, BuildKit sessions, image pulls' hints.
constexpr std::array<std::string_view, 3> passed_on_families = {
    "Sec-WebSocket-", "X-Docker-Expose-Session-", "X-Meta-"};

bool is_known(std::string_view name) {
  return std::ranges::any_of(passed_on, [name](auto n) { return equals_ignoring_case(n, name); });
}

bool is_of_known_family(std::string_view name) {
  return std::ranges::any_of(passed_on_families, [name](auto family) {
    return name.size() > family.size() &&
           equals_ignoring_case(name.substr(0, family.size()), family);
  });
}

/// The engine takes the first of several fields of one name; so only that one is sent. Families are
/// lists: BuildKit's client names each method that it serves in a field of its own.
bool passes_on(const Head& head, const Field& field) {
  if (is_of_known_family(field.name)) return true;
  if (!is_known(field.name)) return false;
  const auto* first = std::find_if(head.fields.data(), &field, [&](const Field& f) {
    return equals_ignoring_case(f.name, field.name);
  });
  return first == &field;
}

constexpr std::array<std::string_view, 9> hop_by_hop = {
    "Connection",         "Keep-Alive",        "Proxy-Connection", "TE", "Trailer", "Upgrade",
    "Proxy-Authenticate", "Transfer-Encoding", "Content-Length"};

bool is_hop_by_hop(std::string_view name) {
  return std::ranges::any_of(hop_by_hop, [name](auto n) { return equals_ignoring_case(n, name); });
}

void append_connection(Connection connection, std::string_view upgraded, std::string& out) {
  if (connection == Connection::close) out += "Connection: close\r\n";
  if (connection != Connection::upgrade) return;
  out += "Connection: Upgrade\r\n";
  append_field("Upgrade", upgraded, out);
}

}  // namespace

void begin_request_head(const acl::Request& request, const RequestHead& from_client,
                        acl::Habits habits, std::string_view upgrade, std::string& out) {
  out.append(acl::to_string(request.method)).append(" ");
  acl::append_target(request, out);
  if (habits == acl::Habits::keep) acl::append_unknown_parameters(request, out);
  out += " HTTP/1.1\r\nHost: docker\r\n";
  for (const auto& field : from_client.fields)
    if (passes_on(from_client, field)) append_field(field.name, field.value, out);
  if (!upgrade.empty()) append_connection(Connection::upgrade, upgrade, out);
}

void end_request_head(OutgoingBody body, std::string& out) {
  append_framing(body, out);
  out += "\r\n";
}

void append_response_head(const ResponseHead& head, OutgoingBody body, Connection connection,
                          std::string& out) {
  out += "HTTP/1.1 ";
  append_number(head.status, 10, out);
  out.append(" ").append(head.phrase).append("\r\n");
  const auto named = head.value_of("Connection");
  for (const auto& field : head.fields)
    if (!is_hop_by_hop(field.name) && (named.empty() || !list_contains(named, field.name)))
      append_field(field.name, field.value, out);
  append_connection(connection, head.value_of("Upgrade"), out);
  append_framing(body, out);
  // A HEAD or 304 answer has no body but may say how long it would be (RFC 9110 section 8.6).
  if (const auto length = head.value_of("Content-Length");
      body.framing == Framing::none && !length.empty())
    append_field("Content-Length", length, out);
  out += "\r\n";
}

void append_refusal(const acl::Refusal& refusal, Connection connection, bool to_head,
                    std::string& out) {
  const nlohmann::ordered_json answer = {{"message", "tidegate: " + refusal.message},
                                         {"reason", acl::id(refusal.reason)}};
  using nlohmann::json;
  const auto text = answer.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  ResponseHead head;
  head.status = static_cast<unsigned>(acl::status(refusal.reason));
  head.phrase = phrase(head.status);
  head.fields = {{"Content-Type", "application/json"},
                 {"Tidegate-Reason", acl::id(refusal.reason)}};
  append_response_head(head, {Framing::length, text.size()}, connection, out);
  if (!to_head) out += text;
}

void append_chunk_line(std::uint64_t size, std::string& out) {
  append_number(size, 16, out);
  out += "\r\n";
}

}  // namespace proxy::http
