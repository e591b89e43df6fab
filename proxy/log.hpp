// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <spdlog/common.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "proxy/line_queue.hpp"

namespace proxy {

/// Sends tidegate's log to standard error from now on. Whoever logs waits until it is written.
void log_to_stderr(const std::string& level);

/// While it lives, nobody waits for standard error: a thread of its own writes the log. Lines that
/// find no room are lost and counted; the next one that finds room says so, or the end does.
class QueuedLog {
 public:
  QueuedLog();
  ~QueuedLog();
  QueuedLog(const QueuedLog&) = delete;
  QueuedLog& operator=(const QueuedLog&) = delete;

  std::uint64_t lost() const { return queue_.lost(); }
  /// Writes what is queued. What is logged afterwards is lost.
  void finish(LineQueue::Clock::time_point until);

 private:
  class Sink;

  LineQueue queue_;
  std::shared_ptr<Sink> sink_;
};

/// Whether one more message of a kind may be logged. Ten of each kind may be in a minute, since
/// strangers can cause any number; the others are counted. To be asked before a message is put
/// together, from any thread.
/// \param kind a constant
bool may_log(std::string_view kind, spdlog::level::level_enum = spdlog::level::info);
/// Logs how many messages of each kind were left out, and begins the next minute.
void tell_left_out();

}  // namespace proxy
