// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/chunks.hpp"

namespace proxy::http {
namespace {

// Chunk extensions and trailers mean nothing to the engine and are never passed on. A client that
// sends many of them only wants to waste resources.
constexpr std::size_t most_overhead = 8 * 1024;
// A full buffer can hold ten thousand chunks of one byte; a list of them would be larger than the
// buffer.
constexpr std::size_t most_pieces = 256;

Chunks::Notes& notes(llhttp_t* parser) {
  return *static_cast<Chunks::Notes*>(parser->data);
}

int count_overhead(llhttp_t* parser, const char*, std::size_t size) {
  notes(parser).overhead += size;
  return notes(parser).overhead > most_overhead ? HPE_USER : 0;
}

int on_body(llhttp_t* parser, const char* at, std::size_t size) {
  notes(parser).data->emplace_back(at, size);
  return 0;
}

int on_chunk_complete(llhttp_t* parser) {
  return notes(parser).data->size() < most_pieces ? 0 : HPE_PAUSED;
}

int on_message_complete(llhttp_t* parser) {
  notes(parser).complete = true;
  return HPE_PAUSED;
}

const llhttp_settings_t* settings() {
  static const llhttp_settings_t callbacks = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_header_field = count_overhead;
    s.on_header_value = count_overhead;
    s.on_chunk_extension_name = count_overhead;
    s.on_chunk_extension_value = count_overhead;
    s.on_body = on_body;
    s.on_chunk_complete = on_chunk_complete;
    s.on_message_complete = on_message_complete;
    return s;
  }();
  return &callbacks;
}

/// llhttp in the state after a head. It never sees a peer's head here: we prime it with a fixed
/// head of a chunked request. Answers use that head too, because in its response mode llhttp
/// ignores framing fields in trailers.
llhttp_t behind_head() {
  llhttp_t parser;
  Chunks::Notes dropped;
  llhttp_init(&parser, HTTP_REQUEST, settings());
  parser.data = &dropped;
  constexpr std::string_view head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  llhttp_execute(&parser, head.data(), head.size());
  return parser;
}

}  // namespace

void Chunks::begin() {
  static const llhttp_t prepared = behind_head();
  parser_ = prepared;
  parser_.data = &notes_;
  notes_ = {};
  last_ = 0;
}

/// Refuses trailers that end in a lone LF, which llhttp accepts but other parsers do not.
std::optional<ChunkProgress> Chunks::feed(std::string_view bytes,
                                          std::vector<std::string_view>& data) {
  data.clear();
  notes_.data = &data;
  const char before = last_;
  if (!bytes.empty()) last_ = bytes.back();
  const auto result = llhttp_execute(&parser_, bytes.data(), bytes.size());
  if (result == HPE_OK) return ChunkProgress{bytes.size(), false};
  if (result != HPE_PAUSED) return std::nullopt;
  const auto* end = llhttp_get_error_pos(&parser_);
  const auto consumed = static_cast<std::size_t>(end - bytes.data());
  if (!notes_.complete) llhttp_resume(&parser_);
  if (notes_.complete && (consumed < 2 ? before : end[-2]) != '\r') return std::nullopt;
  return ChunkProgress{consumed, notes_.complete};
}

}  // namespace proxy::http
