// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace proxy {

/// How long a finished file must be left alone before it is read. A writer may close a file and
/// open it once more, and tools replace several files one after the other.
constexpr std::chrono::seconds settle_time{1};

/// How long a file may be unfinished before the log says that it is not read.
constexpr std::chrono::seconds unfinished_time{10};

/// What happens to a file, as far as it matters here.
enum class FileEvent : std::uint8_t {
  written,   ///< some of its content: there may be more to come
  finished,  ///< closed after writing, or put in place as a whole
  removed,
  touched,  ///< its mode, owner or times only
  held,     ///< nothing but a look at it, which found it open for writing
};

/// What has happened to a file since it was last at rest. A file that is being written may hold a
/// policy without its last lines, so it is read only when its writer has finished.
class FileChange {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr Time never = Time::max();

  void note(FileEvent, Time now);

  bool at_rest() const { return state_ == State::at_rest; }
  bool is_being_written() const { return state_ == State::being_written || held_; }
  bool is_removal() const { return state_ == State::removed; }
  /// When it will be finished and left alone for settle_time, if nothing else happens. While it is
  /// held that is when to look again: a writer who closes it under another name may go unnoticed.
  Time settles_at() const;
  /// When the log is to say that it is not read.
  Time is_late_at() const;
  /// The log has said so.
  void set_told() { told_ = !at_rest(); }

 private:
  enum class State : std::uint8_t { at_rest, being_written, finished, removed };
  State state_ = State::at_rest;
  bool told_ = false;
  bool held_ = false;  ///< somebody closed it, but somebody else has it open for writing
  Time begin_{}, last_{};
};

}  // namespace proxy
