// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/buffer.hpp>
#include <optional>
#include <string>
#include <vector>

#include "acl/capacity.hpp"
#include "proxy/http/chunks.hpp"
#include "proxy/http/message.hpp"

namespace proxy::http::h1 {

/// A body that arrives: takes its framing off.
class Body {
 public:
  /// A head lies behind us, and the body that it announces follows.
  void begin(const Head&);

  /// Takes what `bytes` begin with of the body. \param used how many of them that was.
  /// \returns a piece that is empty where too little has arrived, and that is valid until the next
  /// call; nothing where the body is malformed.
  std::optional<Piece> take(std::string_view bytes, std::size_t& used);
  /// Somebody else has moved so much of a body with a length.
  void skip(std::uint64_t size);
  /// The connection has ended in good order. \returns whether that completes the body.
  bool end();

  /// Nothing of it is still to come.
  bool complete() const { return framing_ == Framing::none; }
  /// How much is still to come of a body with a length.
  std::uint64_t length_left() const { return framing_ == Framing::length ? left_ : 0; }
  bool chunked() const { return framing_ == Framing::chunked; }

  std::size_t capacity() const { return acl::capacity_of(pieces_); }
  /// Keeps no more memory than bodies of usual clients need.
  void narrow();

 private:
  Chunks chunks_;
  Framing framing_ = Framing::none;  ///< of what is left
  std::uint64_t left_ = 0;
  std::vector<std::string_view> pieces_;
};

/// Bytes on their way out, gathered for one write: heads, and a body in a framing of its own. What
/// is added must outlive that write.
class Framer {
 public:
  /// From here on pieces are framed so.
  void begin(Framing framing) { framing_ = framing; }
  void add(std::string_view text) { out_.emplace_back(text.data(), text.size()); }
  /// Once for each write.
  void add(const Piece&);

  bool empty() const { return out_.empty(); }
  std::span<boost::asio::const_buffer> bytes() { return out_; }
  void clear() { out_.clear(); }
  std::size_t capacity() const { return acl::capacity_of(out_); }

 private:
  Framing framing_ = Framing::none;
  std::string line_;  ///< before a chunk
  std::vector<boost::asio::const_buffer> out_;
};

}  // namespace proxy::http::h1
