// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/head_check.hpp"

#include <algorithm>
#include <array>

namespace proxy::http {
namespace {

using acl::Reason;

/// RFC 9110 section 5.6.2.
constexpr auto token_bytes = [] {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<std::size_t>(c)] = true;
  return table;
}();

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return token_bytes[static_cast<unsigned char>(c)];
  });
}

/// Whether bytes from 0x80 may stand in field values. Not in requests: no Docker client sends them,
/// and parsers disagree about them. The engine may, say in an image's name.
enum class HighBytes { refused, allowed };

bool is_field_value(std::string_view text, HighBytes high) {
  return std::ranges::all_of(text, [high](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte < 0x7f) || byte == '\t' ||
           (byte >= 0x80 && high == HighBytes::allowed);
  });
}

std::optional<Reason> check_request_line(std::string_view line, const HeadLimits& limits) {
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
  const bool visible = std::ranges::all_of(target, [](char c) { return c > 0x20 && c != 0x7f; });
  if (target.empty() || target.find(' ') != target.npos) return Reason::head_request_line;
  return visible ? std::nullopt : std::optional(Reason::target_bad_byte);
}

std::optional<Reason> check_field_line(std::string_view line, HighBytes high) {
  if (line.front() == ' ' || line.front() == '\t') return Reason::head_folded;
  const auto colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon))) return Reason::head_field_name;
  if (!is_field_value(line.substr(colon + 1), high)) return Reason::head_field_value;
  return std::nullopt;
}

/// Takes the next line off `rest`. A CR or LF anywhere but in a CR LF pair is an error.
std::optional<std::string_view> next_line(std::string_view& rest) {
  const auto end = rest.find_first_of("\r\n");
  if (end == rest.npos || rest.substr(end, 2) != "\r\n") return std::nullopt;
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

std::optional<Reason> check_field_lines(std::string_view rest, const HeadLimits& limits,
                                        HighBytes high) {
  for (std::size_t count = 0;; ++count) {
    const auto line = next_line(rest);
    if (!line) return Reason::head_line_end;
    if (line->empty()) return rest.empty() ? std::nullopt : std::optional(Reason::head_malformed);
    if (count == limits.fields) return Reason::head_too_many_fields;
    if (const auto reason = check_field_line(*line, high)) return reason;
  }
}

}  // namespace

std::optional<Reason> check_request_head(std::string_view head, const HeadLimits& limits) {
  if (head.size() > limits.bytes) return Reason::head_too_large;
  const auto line = next_line(head);
  if (!line) return Reason::head_line_end;
  if (const auto reason = check_request_line(*line, limits)) return reason;
  return check_field_lines(head, limits, HighBytes::refused);
}

bool check_response_head(std::string_view head, const HeadLimits& limits) {
  return head.size() <= limits.bytes && next_line(head) &&
         !check_field_lines(head, limits, HighBytes::allowed);
}

std::optional<Reason> hopeless(std::string_view begun) {
  constexpr std::string_view preface = "PRI * HTTP/2";
  if (begun.starts_with(preface)) return Reason::head_http2;
  for (auto lf = begun.find('\n'); lf != begun.npos; lf = begun.find('\n', lf + 1))
    if (lf == 0 || begun[lf - 1] != '\r') return Reason::head_line_end;
  return std::nullopt;
}

}  // namespace proxy::http
