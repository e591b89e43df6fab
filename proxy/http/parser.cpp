// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/parser.hpp"

#include <charconv>

#include "proxy/http/framing.hpp"

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

std::optional<Reason> check_host(std::size_t hosts, unsigned minor_version) {
  const bool valid = hosts == 1 || (hosts == 0 && minor_version == 0);
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

bool keeps_alive(const llhttp_t& parser) {
  if ((parser.flags & F_CONNECTION_CLOSE) != 0) return false;
  return parser.http_minor == 1 || (parser.flags & F_CONNECTION_KEEP_ALIVE) != 0;
}

bool keeps_alive(const ResponseHead& head) {
  bool keep_alive = head.minor_version == 1;
  for (const auto& field : head.fields) {
    if (field.known != Known::connection) continue;
    if (list_contains(field.value, "close")) return false;
    keep_alive = keep_alive || list_contains(field.value, "keep-alive");
  }
  return keep_alive;
}

/// "HTTP/1.1 200 OK" (RFC 9112 section 4); some servers leave out the phrase, some its space too.
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

/// llhttp as it stands behind the head of a chunked answer.
llhttp_t behind_chunked_head() {
  llhttp_t parser;
  llhttp_init(&parser, HTTP_RESPONSE, settings());
  std::vector<Field> fields;
  Notes dropped{.fields = &fields};
  parser.data = &dropped;
  constexpr std::string_view head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  llhttp_execute(&parser, head.data(), head.size());
  return parser;
}

}  // namespace

Parser::Parser(llhttp_type_t type) {
  llhttp_init(&parser_, type, settings());
  parser_.data = &notes_;
}

bool Parser::execute(std::string_view bytes, RequestHead& out) {
  out.fields.clear();
  notes_ = Notes{.fields = &out.fields};
  llhttp_reset(&parser_);
  const auto result = llhttp_execute(&parser_, bytes.data(), bytes.size());
  for (auto& field : out.fields) field.known = known(field.name);
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
  const auto once = said_once(out);
  // The framing that llhttp saw before it gave up may be the better explanation.
  if (const auto reason = check_framing(once, out.minor_version)) return reason;
  if (!understood) return reason_for(llhttp_get_errno(&parser_));
  const bool chunked = (parser_.flags & F_CHUNKED) != 0;
  out.framing = chunked ? Framing::chunked : out.length != 0 ? Framing::length : Framing::none;
  return check_host(once.hosts, out.minor_version);
}

bool Parser::read(std::string_view bytes, const HeadLimits& limits, bool to_head,
                  ResponseHead& out) {
  out.fields.clear();
  if (!check_response_head(bytes, limits, &out.fields)) return false;
  if (!read_status_line(bytes.substr(0, bytes.find('\r')), out)) return false;
  const auto once = said_once(out);
  if (check_framing(once, out.minor_version)) return false;
  out.length = length_of(once);
  out.framing = answer_framing(once, out.status, to_head);
  out.keep_alive = keeps_alive(out);
  if (out.framing == Framing::chunked) expect_chunks();
  return true;
}

/// The head said no more of the body than that it is chunked: llhttp is told so in words of ours.
void Parser::expect_chunks() {
  static const llhttp_t prepared = behind_chunked_head();
  parser_ = prepared;
  parser_.data = &notes_;
  notes_ = Notes{.head_complete = true};
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
