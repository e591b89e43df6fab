// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/head_reader.hpp"

#include <charconv>

#include "proxy/http/framing.hpp"
#include "proxy/http/head_agreement.hpp"

namespace proxy::http {
namespace {

using acl::Reason;

bool keeps_alive(const Head& head) {
  bool keep_alive = head.minor_version == 1;
  for (const auto& field : head.fields) {
    if (field.known != Known::connection) continue;
    if (list_contains(field.value, "close")) return false;
    keep_alive = keep_alive || list_contains(field.value, "keep-alive");
  }
  return keep_alive;
}

bool says_host(const FramingFields& said, unsigned minor_version) {
  return said.hosts == 1 || (said.hosts == 0 && minor_version == 0);
}

void note(std::string_view value, std::size_t& times, std::string_view& first) {
  if (times++ == 0) first = value;
}

acl::Sender sender_of(const Head& head) {
  acl::Sender sender;
  for (const auto& field : head.fields) {
    if (field.known == Known::host) note(field.value, sender.hosts, sender.host);
    if (field.known == Known::origin) note(field.value, sender.origins, sender.origin);
    if (field.known == Known::sec_fetch_site)
      note(field.value, sender.fetch_sites, sender.fetch_site);
  }
  return sender;
}

/// Checks the limits of this call: the head may have been remembered under wider ones.
bool is_within(const HeadLimits& limits, std::string_view bytes, const Head& head) {
  return bytes.size() <= limits.bytes && head.fields.size() <= limits.fields;
}

/// Reads "HTTP/1.1 200 OK" (RFC 9112 section 4). Some servers omit the phrase, and some its space
/// too.
bool read_status_line(std::string_view line, ResponseHead& out) {
  constexpr std::string_view protocol = "HTTP/1.";
  constexpr std::size_t code = 9, behind_code = 12;
  if (line.size() < behind_code || !line.starts_with(protocol) || line[code - 1] != ' ')
    return false;
  const char minor = line[protocol.size()];
  const auto* const end = line.data() + behind_code;
  const auto [parsed, error] = std::from_chars(line.data() + code, end, out.status);
  if ((minor != '0' && minor != '1') || error != std::errc() || parsed != end || out.status < 100)
    return false;
  out.minor_version = minor == '1' ? 1 : 0;
  const auto rest = line.substr(behind_code);
  if (!rest.empty() && rest.front() != ' ') return false;
  out.phrase = rest.substr(rest.empty() ? 0 : 1);
  return is_response_text(out.phrase);
}

}  // namespace

std::optional<Reason> read_request_head(std::string_view bytes, const HeadLimits& limits,
                                        RequestHead& out) {
  out.fields.clear();
  if (const auto reason = check_request_head(bytes, limits, &out)) return reason;
  const auto said = framing_fields(out);
  if (const auto reason = check_framing(said, out.minor_version)) return reason;
  if (!says_host(said, out.minor_version)) return Reason::head_host;
  out.length = length_of(said);
  out.framing = said.encodings != 0 ? Framing::chunked
                : out.length != 0   ? Framing::length
                                    : Framing::none;
  out.keep_alive = keeps_alive(out);
  out.sender = sender_of(out);
  return std::nullopt;
}

bool read_response_head(std::string_view bytes, const HeadLimits& limits, bool to_head,
                        ResponseHead& out) {
  out.fields.clear();
  if (!check_response_head(bytes, limits, &out.fields)) return false;
  if (!read_status_line(bytes.substr(0, bytes.find('\r')), out)) return false;
  const auto said = framing_fields(out);
  if (check_framing(said, out.minor_version)) return false;
  out.length = length_of(said);
  out.framing = answer_framing(said, out.status, to_head);
  out.keep_alive = keeps_alive(out);
  return true;
}

std::optional<Reason> HeadReader::read_request(std::string_view bytes, const HeadLimits& limits,
                                               RequestHead& out) {
  const HeadMemory::Sighting seen(HeadMemory::Kind::request, bytes);
  if (memory_.recall(seen, out) && is_within(limits, bytes, out) &&
      out.target.size() <= limits.target_bytes) {
    out.sender = sender_of(out);
    return std::nullopt;
  }
  if (const auto reason = read_request_head(bytes, limits, out)) return reason;
  if (!llhttp_agrees(bytes, out)) return Reason::head_disagreement;
  memory_.remember(seen, out);
  return std::nullopt;
}

std::optional<Reason> HeadReader::read_answer(std::string_view bytes, const HeadLimits& limits,
                                              bool to_head, ResponseHead& out) {
  using enum HeadMemory::Kind;
  const HeadMemory::Sighting seen(to_head ? answer_to_head : answer, bytes);
  if (memory_.recall(seen, out) && is_within(limits, bytes, out)) return std::nullopt;
  if (!read_response_head(bytes, limits, to_head, out)) return Reason::upstream_malformed;
  if (!llhttp_agrees(bytes, out, to_head)) return Reason::upstream_disagreement;
  memory_.remember(seen, out);
  return std::nullopt;
}

}  // namespace proxy::http
