// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "proxy/line_queue.hpp"
#include "proxy/metrics.hpp"
#include "proxy/task.hpp"

namespace proxy {

/// The queue of all records, shared by all workers. What a request may leave there is bounded
/// before it is sent on: see AuditRecord::has_room().
LineQueue audit_queue(const config::Audit&, HeldBytes&);

/// One worker's access to the queue. Collects lines, so that a busy worker wakes the writing thread
/// once for many records.
class AuditLog {
 public:
  AuditLog(LineQueue& queue, boost::asio::io_context& loop);
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

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
  /// Does the same, and waits until they are written.
  /// \param wait how long at most; cancelling it ends the waiting
  /// \returns whether they are written
  Task<bool> write_out(boost::asio::steady_timer& wait);
  /// Whether anybody waits in write_out().
  bool is_awaited() const { return !awaited_.empty(); }

 private:
  struct Link;
  using AutoUnlink = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;
  struct Awaited : boost::intrusive::list_base_hook<AutoUnlink> {
    Awaited(std::uint64_t n, boost::asio::steady_timer& wait) : number(n), timer(wait) {}
    std::uint64_t number;
    boost::asio::steady_timer& timer;
    bool written = false;
  };

  void written(std::uint64_t number);

  LineQueue& queue_;
  boost::asio::steady_timer timer_;
  std::string lines_;
  std::size_t room_ = 0;  ///< taken ahead, so that most lines need no atomic operation
  bool waiting_ = false;
  std::shared_ptr<Link> link_;  ///< how the writing thread finds this object as long as it exists
  std::uint64_t asked_ = 0;     ///< how often write_out() has handed lines over
  boost::intrusive::list<Awaited, boost::intrusive::constant_time_size<false>> awaited_;
};

}  // namespace proxy
