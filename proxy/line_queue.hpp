// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "proxy/held_bytes.hpp"
#include "proxy/line_sink.hpp"

namespace proxy {

/// A bounded queue of lines in front of a sink, with a thread of its own that writes them. Whoever
/// adds lines never waits for the sink. Lines that the sink does not take are kept and tried again.
class LineQueue {
 public:
  using Clock = std::chrono::steady_clock;

  struct Options {
    std::size_t most = 0;       ///< bytes that may wait
    HeldBytes* held = nullptr;  ///< counts them too
    /// Called on the writing thread when the sink begins to fail, or fails in another way, and with
    /// an empty text when it takes lines again.
    std::function<void(const std::string& problem)> on_change = {};
  };

  LineQueue(std::unique_ptr<LineSink>, Options);
  ~LineQueue();
  LineQueue(const LineQueue&) = delete;
  LineQueue& operator=(const LineQueue&) = delete;

  /// Opens the sink's destination, for the first time or anew. \returns what went wrong.
  std::optional<std::string> open();

  /// Takes room for lines that are still to come. \returns false if there is not enough.
  bool take_room(std::size_t bytes);
  /// Takes room for lines that exist and must be kept, even beyond the bound.
  void take_room_anyway(std::size_t bytes);
  void give_room_back(std::size_t bytes);
  /// Adds whole lines, for which room was taken.
  /// \param on_written called on the writing thread when the sink has taken these lines and all
  /// before them; never if the queue ends before. It must not block.
  void add(std::string_view lines, std::function<void()> on_written = {});

  /// Counts lines that nobody could keep.
  void lose(std::uint64_t lines);
  std::uint64_t lost() const;
  /// Whether the sink does not take lines at present.
  bool is_failing() const;
  /// Writes what is queued, and then ends the writing thread. Nothing may be added afterwards.
  /// \returns how many lines could not be written in time; they count as lost.
  std::uint64_t finish(Clock::time_point until);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;  // outlives the queue if the thread is stuck in the sink
  std::thread thread_;
};

}  // namespace proxy
