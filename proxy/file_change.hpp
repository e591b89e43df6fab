// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace proxy {

/// How long a finished file must stay unchanged before it is read. A writer may close a file and
/// open it again, and tools replace several files one after the other.
constexpr std::chrono::seconds settle_time{1};

/// How long after its first change a path is read at the latest while it is replaced over and over.
/// Each time it leads to something complete, so nothing is gained by waiting for longer.
constexpr std::chrono::seconds replacing_time{2};

/// How long a file may stay unfinished before the log reports that it is not read.
constexpr std::chrono::seconds unfinished_time{10};

/// The events of a file that matter here.
enum class FileEvent : std::uint8_t {
  written,   ///< some of its content was written; more may follow
  finished,  ///< closed after writing; its writer may open it again
  replaced,  ///< another file, directory or link was put in its place, which is complete
  removed,
  touched,  ///< only its mode, owner or times changed
  held,     ///< we looked, and found it open for writing
};

/// The state of a file since its last change settled. A file that is being written may hold a
/// policy without its last lines, so it is read only when its writer has finished.
class FileChange {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr Time never = Time::max();

  void note(FileEvent, Time now);

  bool at_rest() const { return state_ == State::at_rest; }
  bool is_being_written() const { return state_ == State::being_written || held_; }
  bool is_removal() const { return state_ == State::removed; }
  /// When it will have been finished and unchanged for settle_time, or replaced for replacing_time,
  /// if nothing else happens. For a held file, when to look again: a writer may close it under
  /// another name, unnoticed.
  Time settles_at() const;
  /// When the log should report that it is not read.
  Time is_late_at() const;
  /// Notes that the log has reported it.
  void set_told() { told_ = !at_rest(); }

 private:
  enum class State : std::uint8_t { at_rest, being_written, finished, replaced, removed };
  State state_ = State::at_rest;
  bool told_ = false;
  bool held_ = false;  ///< one writer closed it, but another has it open for writing
  Time begin_{}, last_{};
};

}  // namespace proxy
