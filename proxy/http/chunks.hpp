// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace proxy::http {

/// What became of one piece of a chunked body.
struct ChunkProgress {
  std::size_t consumed = 0;  ///< bytes of input that belong to the body
  bool complete = false;     ///< the last chunk and the trailers are behind us
};

/// Takes chunked bodies apart with llhttp, which no other file includes; one after the other.
class Chunks {
 public:
  Chunks() { begin(); }
  Chunks(const Chunks&) = delete;
  Chunks& operator=(const Chunks&) = delete;

  /// A head lies behind us that announces a chunked body.
  void begin();

  /// Takes apart that body, fed in pieces of any size. Stops behind a few hundred chunks: what is
  /// left of `bytes` is to be fed again.
  /// \param data receives views into `bytes`, the payload; cleared first.
  /// \returns nothing where the body is malformed, or its extensions and trailers exceed 8 KiB.
  std::optional<ChunkProgress> feed(std::string_view bytes, std::vector<std::string_view>& data);

  /// What llhttp's callbacks note down.
  struct Notes {
    std::vector<std::string_view>* data = nullptr;
    std::size_t overhead = 0;  ///< bytes of chunk extensions and trailers
    bool complete = false;
  };

 private:
  llhttp_t parser_;
  Notes notes_;
  char last_ = 0;  ///< the last byte that was fed
};

}  // namespace proxy::http
