// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "proxy/http/head_check.hpp"

namespace proxy::http::reference {

using acl::Reason;

// The rules of head_check.cpp once more, line by line and byte by byte, without a thought of speed:
// what the quick check is held against.

inline bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

inline bool is_value(std::string_view text, bool high_bytes) {
  return std::ranges::all_of(text, [high_bytes](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte <= 0x7e) || (byte >= 0x80 && high_bytes);
  });
}

/// Takes the next line off `rest`.
inline std::optional<std::string_view> next_line(std::string_view& rest) {
  const auto end = rest.find_first_of("\r\n");
  if (end == rest.npos || rest.substr(end, 2) != "\r\n") return std::nullopt;
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

inline std::optional<Reason> check_request_line(std::string_view line, const HeadLimits& limits) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == line.npos || first == last) return Reason::head_request_line;
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!is_token(line.substr(0, first))) return Reason::head_request_line;
  if (version == "HTTP/2.0") return Reason::head_http2;
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return Reason::head_version;
  if (target.size() > limits.target_bytes) return Reason::target_too_long;
  if (target.empty() || target.find(' ') != target.npos) return Reason::head_request_line;
  for (const char c : target)
    if (c < 0x21 || c > 0x7e) return Reason::target_bad_byte;
  return std::nullopt;
}

inline std::optional<Reason> check_field_line(std::string_view line, bool high_bytes) {
  if (line.front() == ' ' || line.front() == '\t') return Reason::head_folded;
  const auto colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon))) return Reason::head_field_name;
  if (!is_value(line.substr(colon + 1), high_bytes)) return Reason::head_field_value;
  return std::nullopt;
}

inline std::optional<Reason> check_field_lines(std::string_view rest, const HeadLimits& limits,
                                               bool high_bytes) {
  for (std::size_t count = 0;; ++count) {
    const auto line = next_line(rest);
    if (!line) return Reason::head_line_end;
    if (line->empty()) return rest.empty() ? std::nullopt : std::optional(Reason::head_malformed);
    if (count == limits.fields) return Reason::head_too_many_fields;
    if (const auto reason = check_field_line(*line, high_bytes)) return reason;
  }
}

inline std::optional<Reason> check_request_head(std::string_view head, const HeadLimits& limits) {
  if (head.size() > limits.bytes) return Reason::head_too_large;
  const auto line = next_line(head);
  if (!line) return Reason::head_line_end;
  if (const auto reason = check_request_line(*line, limits)) return reason;
  return check_field_lines(head, limits, false);
}

inline bool check_response_head(std::string_view head, const HeadLimits& limits) {
  return head.size() <= limits.bytes && next_line(head) && !check_field_lines(head, limits, true);
}

}  // namespace proxy::http::reference
