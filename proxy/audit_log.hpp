// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <string>

#include "config/settings.hpp"
#include "proxy/line_queue.hpp"
#include "proxy/metrics.hpp"

namespace proxy {

/// The queue of all records, shared by all workers. What a request may leave there is bounded
/// before it is sent on: see AuditRecord::has_room().
LineQueue audit_queue(const config::Audit&, HeldBytes&);

/// One worker's access to the queue. Collects lines, so that a busy worker wakes the writing thread
/// once for many records.
class AuditLog {
 public:
  AuditLog(LineQueue& queue, boost::asio::io_context& loop) : queue_(queue), timer_(loop) {}
  ~AuditLog();

  /// Counted where records are written, so that figures and records agree.
  Metrics metrics;

  std::string& lines() { return lines_; }  ///< append one line, then call line_ended()
  /// Keeps the line that begins at `begin`, for which `room` was taken. A line without room may be
  /// dropped and counted as lost, a line with room is never.
  void line_ended(std::size_t begin, std::size_t room);
  /// Takes room in the queue for a line that is still to come. \returns false if there is none.
  bool take_room(std::size_t bytes);
  void give_room_back(std::size_t bytes);
  /// Hands the lines so far to the writing thread.
  void flush();

 private:
  LineQueue& queue_;
  boost::asio::steady_timer timer_;
  std::string lines_;
  std::size_t room_ = 0;  ///< taken ahead, so that most lines need no atomic operation
  bool waiting_ = false;
};

}  // namespace proxy
