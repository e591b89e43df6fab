// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/head_check.hpp"

#include "acl/scan.hpp"
#include "acl/text/ascii.hpp"

namespace proxy::http {
namespace {

using acl::Reason;

constexpr std::string_view crlf = "\r\n";

/// The characters of a token (RFC 9110 section 5.6.2).
constexpr auto token_bytes = acl::letters_digits_and("!#$%&'*+-.^_`|~");

bool is_token_byte(char c) {
  return token_bytes[static_cast<unsigned char>(c)];
}

/// Checks four bytes per step: most of the cost of a head are the letters of its names.
const char* skip_token(const char* at, const char* end) {
  for (; end - at >= 4; at += 4) {
    if (!is_token_byte(at[0])) return at;
    if (!is_token_byte(at[1])) return at + 1;
    if (!is_token_byte(at[2])) return at + 2;
    if (!is_token_byte(at[3])) return at + 3;
  }
  while (at != end && is_token_byte(*at)) ++at;
  return at;
}

bool is_token(std::string_view text) {
  const char* end = text.data() + text.size();
  return !text.empty() && skip_token(text.data(), end) == end;
}

/// Whether field values may contain bytes from 0x80. Requests must not: no Docker client sends
/// them, and parsers disagree about them. The engine may send them, for example in an image's name.
enum class HighBytes { refused, allowed };

const char* skip_value(const char* at, const char* end, HighBytes high) {
  for (;; ++at) {
    at = acl::find_special<acl::del>(at, end);
    if (at == end) return at;
    const bool is_high = static_cast<unsigned char>(*at) >= 0x80;
    if (*at != '\t' && !(is_high && high == HighBytes::allowed)) return at;
  }
}

/// Finds the end of the next line. A CR or LF outside of a CR LF pair is an error.
std::optional<std::size_t> line_end(std::string_view text) {
  const auto cr = text.find('\r');
  if (cr == text.npos || text.substr(0, cr + 2).find('\n') != cr + 1) return std::nullopt;
  return cr;
}

std::optional<Reason> check_request_line(std::string_view line, const HeadLimits& limits,
                                         RequestHead* out) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == line.npos || first == last) return Reason::head_request_line;
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!is_token(method)) return Reason::head_request_line;
  if (version == "HTTP/2.0") return Reason::head_http2;
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return Reason::head_version;
  if (target.size() > limits.target_bytes) return Reason::target_too_long;
  if (target.empty() || target.find(' ') != target.npos) return Reason::head_request_line;
  if (!acl::all_printable(target)) return Reason::target_bad_byte;
  if (out != nullptr) {
    out->method = method;
    out->target = target;
    out->minor_version = version.back() == '1' ? 1 : 0;
  }
  return std::nullopt;
}

bool at_line_end(const char* at, const char* end) {
  return end - at >= 2 && at[0] == '\r' && at[1] == '\n';
}

/// Why a line is refused. A broken line end takes precedence over other mistakes.
Reason unless_broken(const char* line, const char* end, Reason reason) {
  return line_end({line, end}) ? reason : Reason::head_line_end;
}

/// Reads each byte once: a line ends where the bytes of its value end.
std::optional<Reason> check_field_lines(std::string_view lines, const HeadLimits& limits,
                                        HighBytes high, std::vector<Field>* fields) {
  const char* const end = lines.data() + lines.size();
  const char* line = lines.data();
  for (std::size_t count = 0; !at_line_end(line, end); ++count) {
    if (count == limits.fields) return unless_broken(line, end, Reason::head_too_many_fields);
    const char* const colon = skip_token(line, end);
    if (colon == line || colon == end || *colon != ':') {
      const bool folded = line != end && (*line == ' ' || *line == '\t');
      return unless_broken(line, end, folded ? Reason::head_folded : Reason::head_field_name);
    }
    const char* const over = skip_value(colon + 1, end, high);
    if (!at_line_end(over, end)) return unless_broken(line, end, Reason::head_field_value);
    if (fields != nullptr)
      fields->emplace_back(std::string_view(line, colon), trimmed({colon + 1, over}));
    line = over + crlf.size();
  }
  return line + crlf.size() == end ? std::nullopt : std::optional(Reason::head_malformed);
}

}  // namespace

std::optional<Reason> check_request_head(std::string_view head, const HeadLimits& limits,
                                         RequestHead* out) {
  if (head.size() > limits.bytes) return Reason::head_too_large;
  const auto end = line_end(head);
  if (!end) return Reason::head_line_end;
  if (const auto reason = check_request_line(head.substr(0, *end), limits, out)) return reason;
  auto* const fields = out == nullptr ? nullptr : &out->fields;
  return check_field_lines(head.substr(*end + crlf.size()), limits, HighBytes::refused, fields);
}

bool check_response_head(std::string_view head, const HeadLimits& limits,
                         std::vector<Field>* fields) {
  const auto end = line_end(head);
  if (head.size() > limits.bytes || !end) return false;
  const auto lines = head.substr(*end + crlf.size());
  return !check_field_lines(lines, limits, HighBytes::allowed, fields);
}

bool is_response_text(std::string_view text) {
  const char* end = text.data() + text.size();
  return skip_value(text.data(), end, HighBytes::allowed) == end;
}

std::optional<Reason> hopeless(std::string_view begun, std::size_t seen) {
  constexpr std::string_view preface = "PRI * HTTP/2";
  if (begun.starts_with(preface)) return Reason::head_http2;
  for (auto lf = begun.find('\n', seen); lf != begun.npos; lf = begun.find('\n', lf + 1))
    if (lf == 0 || begun[lf - 1] != '\r') return Reason::head_line_end;
  return std::nullopt;
}

}  // namespace proxy::http
