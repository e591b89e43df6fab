// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/parser.hpp"

#include <algorithm>

namespace proxy::http {
namespace {

using acl::Reason;

// Chunk extensions and trailers mean nothing to the engine and are never passed on, so a client
// that sends many is stalling, not talking.
constexpr std::size_t most_overhead = 8 * 1024;

Notes& notes(llhttp_t* parser) {
  return *static_cast<Notes*>(parser->data);
}

/// Heads lie in one piece in memory, but llhttp may still report a value in two adjacent pieces.
void extend(std::string_view& text, const char* at, std::size_t size) {
  text = text.empty()
             ? std::string_view(at, size)
             : std::string_view(text.data(), static_cast<std::size_t>(at + size - text.data()));
}

int count_overhead(llhttp_t* parser, std::size_t size) {
  notes(parser).overhead += size;
  return notes(parser).overhead > most_overhead ? HPE_USER : 0;
}

int on_method(llhttp_t* p, const char* at, std::size_t n) {
  return extend(notes(p).method, at, n), 0;
}
int on_url(llhttp_t* p, const char* at, std::size_t n) {
  return extend(notes(p).target, at, n), 0;
}
int on_status(llhttp_t* p, const char* at, std::size_t n) {
  return extend(notes(p).phrase, at, n), 0;
}

int on_field(llhttp_t* p, const char* at, std::size_t n) {
  auto& note = notes(p);
  if (note.head_complete) return count_overhead(p, n);
  if (note.name_complete) note.fields->push_back(Field{});
  note.name_complete = false;
  extend(note.fields->back().name, at, n);
  return 0;
}

int on_field_complete(llhttp_t* p) {
  notes(p).name_complete = true;
  return 0;
}

int on_value(llhttp_t* p, const char* at, std::size_t n) {
  auto& note = notes(p);
  if (note.head_complete) return count_overhead(p, n);
  extend(note.fields->back().value, at, n);
  return 0;
}

int on_extension(llhttp_t* p, const char*, std::size_t n) {
  return count_overhead(p, n);
}

int on_headers_complete(llhttp_t* p) {
  notes(p).head_complete = true;
  return HPE_PAUSED;
}

int on_body(llhttp_t* p, const char* at, std::size_t n) {
  notes(p).data->emplace_back(at, n);
  return 0;
}

int on_message_complete(llhttp_t* p) {
  notes(p).message_complete = true;
  return HPE_PAUSED;
}

const llhttp_settings_t* settings() {
  static const llhttp_settings_t callbacks = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_method = on_method;
    s.on_url = on_url;
    s.on_status = on_status;
    s.on_header_field = on_field;
    s.on_header_field_complete = on_field_complete;
    s.on_header_value = on_value;
    s.on_chunk_extension_name = on_extension;
    s.on_chunk_extension_value = on_extension;
    s.on_headers_complete = on_headers_complete;
    s.on_body = on_body;
    s.on_message_complete = on_message_complete;
    return s;
  }();
  return &callbacks;
}

std::size_t count(const Head& head, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count_if(
      head.fields, [name](const Field& f) { return equals_ignoring_case(f.name, name); }));
}

/// RFC 9112 section 6: one framing, said once and plainly. What Go joins, ignores or prefers is
/// refused.
std::optional<Reason> check_framing(const RequestHead& head) {
  const auto lengths = count(head, "Content-Length");
  const auto encodings = count(head, "Transfer-Encoding");
  if (lengths != 0 && encodings != 0) return Reason::framing_both;
  if (encodings != 0 && (encodings > 1 || head.minor_version == 0 ||
                         !equals_ignoring_case(head.value_of("Transfer-Encoding"), "chunked")))
    return Reason::framing_encoding;
  if (lengths == 0) return std::nullopt;
  const auto length = head.value_of("Content-Length");
  const bool plain = !length.empty() && length.size() <= 18 &&
                     std::ranges::all_of(length, [](char c) { return c >= '0' && c <= '9'; });
  return lengths == 1 && plain ? std::nullopt : std::optional(Reason::framing_length);
}

std::optional<Reason> check_host(const RequestHead& head) {
  const auto hosts = count(head, "Host");
  const bool valid = hosts == 1 || (hosts == 0 && head.minor_version == 0);
  return valid ? std::nullopt : std::optional(Reason::head_host);
}

/// llhttp's own complaint, for heads that passed our checks.
Reason reason_for(llhttp_errno_t error) {
  switch (static_cast<int>(error)) {
    case HPE_INVALID_CONTENT_LENGTH:
    case HPE_UNEXPECTED_CONTENT_LENGTH: return Reason::framing_length;
    case HPE_INVALID_TRANSFER_ENCODING: return Reason::framing_encoding;
    case HPE_INVALID_METHOD: return Reason::operation_unknown;
    case HPE_INVALID_URL: return Reason::target_form;
    case HPE_PAUSED_H2_UPGRADE: return Reason::head_http2;
    default: return Reason::head_malformed;
  }
}

Framing response_framing(const llhttp_t& parser, bool to_head) {
  const auto status = parser.status_code;
  if (to_head || status / 100 == 1 || status == 204 || status == 304) return Framing::none;
  if ((parser.flags & F_CHUNKED) != 0) return Framing::chunked;
  if ((parser.flags & F_CONTENT_LENGTH) != 0) return Framing::length;
  return Framing::until_eof;
}

bool keeps_alive(const llhttp_t& parser) {
  if ((parser.flags & F_CONNECTION_CLOSE) != 0) return false;
  return parser.http_minor == 1 || (parser.flags & F_CONNECTION_KEEP_ALIVE) != 0;
}

}  // namespace

Parser::Parser(llhttp_type_t type) {
  llhttp_init(&parser_, type, settings());
  parser_.data = &notes_;
}

bool Parser::execute(std::string_view bytes, Head& out) {
  out.fields.clear();
  notes_ = Notes{.fields = &out.fields};
  llhttp_reset(&parser_);
  const auto result = llhttp_execute(&parser_, bytes.data(), bytes.size());
  if (result != HPE_PAUSED || !notes_.head_complete) return false;
  for (auto& field : out.fields) field.value = trimmed(field.value);
  out.minor_version = parser_.http_minor;
  out.keep_alive = keeps_alive(parser_);
  out.length = (parser_.flags & F_CONTENT_LENGTH) != 0 ? parser_.content_length : 0;
  return true;
}

std::optional<Reason> Parser::read(std::string_view bytes, RequestHead& out) {
  const bool understood = execute(bytes, out);
  out.method = notes_.method;
  out.target = notes_.target;
  // The framing that llhttp saw before it gave up may be the better explanation.
  if (const auto reason = check_framing(out)) return reason;
  if (!understood) return reason_for(llhttp_get_errno(&parser_));
  const bool chunked = (parser_.flags & F_CHUNKED) != 0;
  out.framing = chunked ? Framing::chunked : out.length != 0 ? Framing::length : Framing::none;
  return check_host(out);
}

bool Parser::read(std::string_view bytes, bool to_head, ResponseHead& out) {
  if (!execute(bytes, out)) return false;
  out.status = parser_.status_code;
  out.phrase = notes_.phrase;
  out.framing = response_framing(parser_, to_head);
  return true;
}

std::optional<ChunkProgress> Parser::feed(std::string_view bytes,
                                          std::vector<std::string_view>& data) {
  data.clear();
  notes_.data = &data;
  if (llhttp_get_errno(&parser_) == HPE_PAUSED) llhttp_resume(&parser_);  // behind the head
  const auto result = llhttp_execute(&parser_, bytes.data(), bytes.size());
  if (result == HPE_OK) return ChunkProgress{bytes.size(), false};
  const bool complete =
      notes_.message_complete && (result == HPE_PAUSED || result == HPE_PAUSED_UPGRADE);
  if (!complete) return std::nullopt;
  const auto* end = llhttp_get_error_pos(&parser_);
  return ChunkProgress{static_cast<std::size_t>(end - bytes.data()), true};
}

}  // namespace proxy::http
