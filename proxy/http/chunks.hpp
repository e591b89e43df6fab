// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace proxy::http {

/// The result of decoding one piece of a chunked body.
struct ChunkProgress {
  std::size_t consumed = 0;  ///< bytes of input that belong to the body
  bool complete = false;     ///< the last chunk and the trailers have been read
};

/// Decodes chunked bodies with llhttp, one after the other.
class Chunks {
 public:
  Chunks() { begin(); }
  Chunks(const Chunks&) = delete;
  Chunks& operator=(const Chunks&) = delete;

  /// Starts a new body, after its head was read.
  void begin();

  /// Decodes the next bytes of the body, in pieces of any size. Stops after a few hundred chunks;
  /// the caller must then feed the rest of `bytes` again.
  /// \param data is cleared, then receives the payload as views into `bytes`.
  /// \param longest a chunk of up to this size is left in `bytes` until all of it is there.
  /// \returns nothing if the body is malformed or its extensions and trailers exceed 8 KiB.
  std::optional<ChunkProgress> feed(std::string_view bytes, std::vector<std::string_view>& data,
                                    std::size_t longest = 0);
  /// How many bytes feed() needs before it goes on.
  std::size_t awaited() const { return awaited_; }

  /// Filled by llhttp's callbacks.
  struct Notes {
    std::vector<std::string_view>* data = nullptr;
    std::size_t overhead = 0;  ///< bytes of chunk extensions and trailers
    bool complete = false;
    bool stops_at_chunks = false;
    bool at_chunk = false;  ///< stopped between the line before a chunk and its data
  };

 private:
  bool awaits(std::size_t arrived, std::size_t longest);

  llhttp_t parser_;
  Notes notes_;
  char last_ = 0;  ///< the last byte that was used
  std::size_t awaited_ = 0;
};

}  // namespace proxy::http
