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

/// Removes the framing of an incoming body.
class Body {
 public:
  /// Starts the body that `head` announces.
  void begin(const Head&);

  /// Decodes the next part of the body from the beginning of `bytes`.
  /// \param used receives the number of bytes that belong to the body.
  /// \param longest_chunk up to this size chunks are left until they are whole.
  /// \returns a piece that is valid until the next call, empty if too little has arrived; nothing
  /// if the body is malformed.
  std::optional<Piece> take(std::string_view bytes, std::size_t& used,
                            std::size_t longest_chunk = 0);
  /// Whether take() needs more than `bytes`.
  bool lacks(std::string_view bytes) const {
    return bytes.empty() || (chunked() && bytes.size() < chunks_.awaited());
  }
  /// Notes that `size` bytes of a body with a length were moved without take().
  void skip(std::uint64_t size);
  /// Must be called when the connection ends normally. \returns whether that completes the body.
  bool end();

  /// Whether the body has ended.
  bool complete() const { return framing_ == Framing::none; }
  /// The number of bytes that are missing of a body with a length.
  std::uint64_t length_left() const { return framing_ == Framing::length ? left_ : 0; }
  bool chunked() const { return framing_ == Framing::chunked; }

  std::size_t capacity() const { return acl::capacity_of(pieces_); }
  /// Frees memory beyond what bodies of usual clients need.
  void narrow();

 private:
  Chunks chunks_;
  Framing framing_ = Framing::none;  ///< none once the body has ended
  std::uint64_t left_ = 0;
  std::vector<std::string_view> pieces_;
};

/// How a body is cut into chunks.
enum class Cut : std::uint8_t {
  freely,    ///< what goes in one write is one chunk
  as_given,  ///< as its pieces are
};

/// Gathers bytes for one write: heads, and pieces of a body with framing. Texts that are added must
/// outlive that write.
class Framer {
 public:
  /// Sets the framing of the pieces that follow.
  void begin(Framing framing, Cut cut = Cut::freely) {
    framing_ = framing;
    cut_ = cut;
  }
  void add(std::string_view text) { out_.emplace_back(text.data(), text.size()); }
  /// May be called once for each write.
  void add(const Piece&);

  bool empty() const { return out_.empty(); }
  std::span<boost::asio::const_buffer> bytes() { return out_; }
  void clear() { out_.clear(); }
  std::size_t capacity() const { return acl::capacity_of(out_) + lines_.capacity(); }
  /// Frees memory beyond what a few chunks need. Nothing may be waiting to be written.
  void narrow();

 private:
  void add_chunk(std::span<const std::string_view> data, std::size_t size);

  Framing framing_ = Framing::none;
  Cut cut_ = Cut::freely;
  std::string lines_;  ///< those before the chunks
  std::vector<boost::asio::const_buffer> out_;
};

}  // namespace proxy::http::h1
