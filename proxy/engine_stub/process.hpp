// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace proxy::engine_stub {

/// As numbered in the engine's multiplexed streams.
enum class Stream : std::uint8_t { out = 1, err = 2 };

struct Chunk {
  Stream stream;
  std::string text;
};

/// What a process has written; the latest part of it is kept.
class Output {
 public:
  static constexpr std::size_t most_kept = std::size_t{1024} * 1024;  // bytes

  void append(Stream, std::string_view);
  /// Chunks are counted from the process's first; those before begin() are forgotten.
  std::uint64_t begin() const { return forgotten_; }
  std::uint64_t end() const { return forgotten_ + chunks_.size(); }
  /// \param index from begin() up to end().
  const Chunk& at(std::uint64_t index) const { return chunks_[index - forgotten_]; }

 private:
  std::deque<Chunk> chunks_;
  std::uint64_t forgotten_ = 0;
  std::size_t bytes_ = 0;
};

/// What stands in for a program: it says that it is none, and echoes its input.
class Process {
 public:
  enum class State : std::uint8_t { created, running, exited };

  std::vector<std::string> command;
  bool tty = false;         ///< one raw stream instead of frames
  bool open_stdin = false;  ///< it reads input, and ends with it where stdin_once says so
  bool stdin_once = false;
  bool watched = false;  ///< somebody waits for its output: without input it ends at once
  Output output;

  State state() const { return state_; }
  bool running() const { return state_ == State::running; }
  int exit_code() const { return exit_code_; }
  /// How often it has ended: a client that attaches before the start waits for the next end.
  unsigned exits() const { return exits_; }

  void start();
  void end(int exit_code);
  void echo(std::string_view input) { output.append(Stream::out, input); }

 private:
  State state_ = State::created;
  int exit_code_ = 0;
  unsigned exits_ = 0;
};

}  // namespace proxy::engine_stub
