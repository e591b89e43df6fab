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

std::optional<Piece> Body::take(std::string_view bytes, std::size_t& used,
                                std::size_t longest_chunk) {
  used = 0;
  if (bytes.empty() || complete()) return Piece{.last = complete()};
  if (chunked()) {
    const auto progress = chunks_.feed(bytes, pieces_, longest_chunk);
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
  constexpr std::size_t longest_line = 18;
  lines_.clear();
  if (framing_ != Framing::chunked) {
    for (const auto data : piece.data) add(data);
    return;
  }
  if (cut_ == Cut::as_given) {
    lines_.reserve(piece.data.size() * longest_line);  // bytes() points into it
    for (const auto& data : piece.data) add_chunk({&data, 1}, data.size());
  } else {
    add_chunk(piece.data, piece.size);
  }
  if (piece.last) add("0\r\n\r\n");
}

void Framer::add_chunk(std::span<const std::string_view> data, std::size_t size) {
  if (size == 0) return;
  const auto begin = lines_.size();
  append_chunk_line(size, lines_);
  add(std::string_view(lines_).substr(begin));
  for (const auto part : data) add(part);
  add("\r\n");
}

void Framer::narrow() {
  constexpr std::size_t most_kept = 32;
  if (out_.capacity() <= most_kept) return;
  std::vector<boost::asio::const_buffer>().swap(out_);
  std::string().swap(lines_);
}

}  // namespace proxy::http::h1
