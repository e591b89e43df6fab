// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/h1/body.hpp"

#include <algorithm>

#include "proxy/http/writer.hpp"

namespace proxy::http::h1 {

void Body::begin(const Head& head) {
  framing_ = head.framing;
  left_ = head.length;
  if (chunked()) chunks_.begin();
  skip(0);
}

std::optional<Piece> Body::take(std::string_view bytes, std::size_t& used) {
  used = 0;
  if (bytes.empty() || complete()) return Piece{.last = complete()};
  if (chunked()) {
    const auto progress = chunks_.feed(bytes, pieces_);
    if (!progress) return std::nullopt;
    used = progress->consumed;
    if (progress->complete) framing_ = Framing::none;
  } else {
    const bool counted = framing_ == Framing::length;
    used = counted ? static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left_))
                   : bytes.size();
    pieces_.assign(1, bytes.substr(0, used));
    skip(used);
  }
  std::size_t size = 0;
  for (const auto data : pieces_) size += data.size();
  return Piece{.data = pieces_, .size = size, .last = complete()};
}

void Body::skip(std::uint64_t size) {
  if (framing_ != Framing::length) return;
  left_ -= size;
  if (left_ == 0) framing_ = Framing::none;
}

bool Body::end() {
  if (framing_ == Framing::until_eof) framing_ = Framing::none;
  return complete();
}

void Body::narrow() {
  constexpr std::size_t most_kept = 8;
  if (pieces_.capacity() > most_kept) std::vector<std::string_view>().swap(pieces_);
}

void Framer::add(const Piece& piece) {
  const bool chunked = framing_ == Framing::chunked, any = piece.size != 0;
  line_.clear();
  if (chunked && any) append_chunk_line(piece.size, line_);
  if (chunked && any) add(line_);
  for (const auto data : piece.data) add(data);
  if (chunked && any) add("\r\n");
  if (chunked && piece.last) add("0\r\n\r\n");
}

}  // namespace proxy::http::h1
