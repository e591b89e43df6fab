// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <llhttp.h>

#include <optional>
#include <string>
#include <string_view>

#include "proxy/http/head.hpp"

namespace proxy::http::reference {

/// What llhttp makes of a head: what our own reading is held against. The views that only a request
/// or only an answer has stay empty in the other.
struct Seen : Head {
  std::string_view method, target, phrase;
  unsigned status = 0;
  bool name_complete = true;
};

inline Seen& seen(llhttp_t* parser) {
  return *static_cast<Seen*>(parser->data);
}

inline void extend(std::string_view& text, const char* at, std::size_t size) {
  const char* begin = text.empty() ? at : text.data();
  text = {begin, static_cast<std::size_t>(at + size - begin)};
}

inline int on_name(llhttp_t* parser, const char* at, std::size_t size) {
  auto& out = seen(parser);
  if (out.name_complete) out.fields.emplace_back();
  out.name_complete = false;
  extend(out.fields.back().name, at, size);
  return 0;
}

inline llhttp_settings_t settings() {
  llhttp_settings_t s;
  llhttp_settings_init(&s);
  s.on_method = [](llhttp_t* p, const char* at, std::size_t n) {
    return extend(seen(p).method, at, n), 0;
  };
  s.on_url = [](llhttp_t* p, const char* at, std::size_t n) {
    return extend(seen(p).target, at, n), 0;
  };
  s.on_status = [](llhttp_t* p, const char* at, std::size_t n) {
    return extend(seen(p).phrase, at, n), 0;
  };
  s.on_header_field = on_name;
  s.on_header_field_complete = [](llhttp_t* p) {
    seen(p).name_complete = true;
    return 0;
  };
  s.on_header_value = [](llhttp_t* p, const char* at, std::size_t n) {
    return extend(seen(p).fields.back().value, at, n), 0;
  };
  s.on_headers_complete = [](llhttp_t*) -> int { return HPE_PAUSED; };
  return s;
}

inline Framing framing(const llhttp_t& parser, bool to_head) {
  const bool asks = parser.type == HTTP_REQUEST;
  const auto status = parser.status_code;
  if (!asks && (to_head || status / 100 == 1 || status == 204 || status == 304))
    return Framing::none;
  if ((parser.flags & F_CHUNKED) != 0) return Framing::chunked;
  if ((parser.flags & F_CONTENT_LENGTH) == 0) return asks ? Framing::none : Framing::until_eof;
  return asks && parser.content_length == 0 ? Framing::none : Framing::length;
}

inline bool keeps_alive(const llhttp_t& parser) {
  if ((parser.flags & F_CONNECTION_CLOSE) != 0) return false;
  return parser.http_minor == 1 || (parser.flags & F_CONNECTION_KEEP_ALIVE) != 0;
}

/// \param to_head an answer to a HEAD request
inline std::optional<Seen> read(llhttp_type_t type, std::string_view bytes, bool to_head = false) {
  const auto callbacks = settings();
  llhttp_t parser;
  Seen out;
  llhttp_init(&parser, type, &callbacks);
  parser.data = &out;
  if (llhttp_execute(&parser, bytes.data(), bytes.size()) != HPE_PAUSED) return std::nullopt;
  if (llhttp_get_error_pos(&parser) != bytes.data() + bytes.size()) return std::nullopt;
  out.status = parser.status_code;
  out.minor_version = parser.http_minor;
  out.framing = framing(parser, to_head);
  out.length = (parser.flags & F_CONTENT_LENGTH) != 0 ? parser.content_length : 0;
  out.keep_alive = keeps_alive(parser);
  return out;
}

inline std::string shown(const Head& head) {
  std::string text = std::to_string(head.minor_version) + "|" +
                     std::to_string(static_cast<int>(head.framing)) + "|" +
                     std::to_string(head.length) + "|" + std::to_string(head.keep_alive);
  for (const auto& [name, value, known] : head.fields)
    text += "\n" + std::string(name) + "=" + std::string(trimmed(value));
  return text;
}

}  // namespace proxy::http::reference
