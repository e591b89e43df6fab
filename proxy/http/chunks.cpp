// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/chunks.hpp"

#include <utility>

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

int on_chunk_header(llhttp_t* parser) {
  notes(parser).at_chunk = notes(parser).stops_at_chunks;
  return notes(parser).at_chunk ? HPE_PAUSED : 0;
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
    s.on_chunk_header = on_chunk_header;
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
  awaited_ = 0;
}

/// Refuses trailers that end in a lone LF, which llhttp accepts but other parsers do not.
std::optional<ChunkProgress> Chunks::feed(std::string_view bytes,
                                          std::vector<std::string_view>& data,
                                          std::size_t longest) {
  data.clear();
  notes_.data = &data;
  notes_.stops_at_chunks = longest != 0;
  const char before = last_;
  std::size_t used = 0;
  if (bytes.size() < awaited_) return ChunkProgress{};
  awaited_ = 0;
  for (bool goes_on = true; goes_on;) {
    const auto result = llhttp_execute(&parser_, bytes.data() + used, bytes.size() - used);
    if (result != HPE_OK && result != HPE_PAUSED) return std::nullopt;
    const auto* end =
        result == HPE_OK ? bytes.data() + bytes.size() : llhttp_get_error_pos(&parser_);
    used = static_cast<std::size_t>(end - bytes.data());
    if (notes_.complete) break;
    if (result == HPE_PAUSED) llhttp_resume(&parser_);
    goes_on = std::exchange(notes_.at_chunk, false) && !awaits(bytes.size() - used, longest);
  }
  if (used != 0) last_ = bytes[used - 1];
  if (notes_.complete && (used < 2 ? before : bytes[used - 2]) != '\r') return std::nullopt;
  return ChunkProgress{used, notes_.complete};
}

/// Whether the chunk that begins here is left until it is whole.
bool Chunks::awaits(std::size_t arrived, std::size_t longest) {
  const auto size = parser_.content_length;
  if (size <= arrived || size > longest) return false;
  awaited_ = static_cast<std::size_t>(size);
  return true;
}

}  // namespace proxy::http
