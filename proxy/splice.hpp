// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "proxy/stream.hpp"

namespace proxy {

/// A pipe of the kernel's, to move bytes through without a copy.
struct Pipe {
  int in = -1, out = -1;
};

/// Pipes of one worker. Whoever gets none copies.
class PipePool {
 public:
  static constexpr std::size_t pipe_size = 256 * 1024;
  /// So many at a time. Where nobody reads what comes in bulk, each holds up to its size in the
  /// kernel.
  static constexpr std::size_t most_used = 64;

  PipePool() = default;
  ~PipePool();
  PipePool(const PipePool&) = delete;
  PipePool& operator=(const PipePool&) = delete;

  std::optional<Pipe> take();
  /// \param drained nothing is left in it; one that is not goes to nobody else.
  void give_back(Pipe, bool drained);

 private:
  static constexpr std::size_t most_kept = 8;
  std::size_t used_ = 0;
  std::vector<Pipe> free_;
};

/// Moves bytes from one plain socket to another inside the kernel: a quarter of the CPU time that
/// copying takes, once they come in bulk.
class Splice {
 public:
  struct Moved {
    std::size_t size = 0;
    error_code source, sink;  ///< an ended source says eof
  };

  Splice(Stream& from, Stream& to, PipePool&);
  ~Splice();
  Splice(const Splice&) = delete;
  Splice& operator=(const Splice&) = delete;

  /// Both sides are plain, and there is a pipe.
  bool possible() const { return pipe_.has_value(); }
  /// Waits for bytes and moves up to `most` of them, all the way.
  Task<Moved> move_some(std::uint64_t most);

 private:
  Task<Moved> fill(std::uint64_t most);
  Task<Moved> drain(std::size_t size);

  Stream &from_, &to_;
  PipePool& pipes_;
  std::optional<Pipe> pipe_;
  bool drained_ = true;
};

}  // namespace proxy
