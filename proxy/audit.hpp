// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "acl/appender.hpp"
#include "acl/case.hpp"
#include "acl/identity.hpp"
#include "config/settings.hpp"
#include "proxy/metrics.hpp"

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
namespace sinks {
template <class Mutex>
class dist_sink;
}
}  // namespace spdlog

namespace proxy {

/// Destination of all records: shared by all workers, with its own writing thread.
class AuditSink {
 public:
  /// \throws std::runtime_error where the file cannot be opened.
  explicit AuditSink(const config::Audit&);
  ~AuditSink();
  /// Reopens the file after a rotation. \returns what went wrong; records then still go to the old
  /// file.
  std::optional<std::string> reopen();
  /// Takes whole lines. Waits while the queue is full, so no record is dropped.
  void write(std::string_view lines);

 private:
  std::string file_;
  std::shared_ptr<spdlog::sinks::dist_sink<std::mutex>> sink_;
  std::shared_ptr<spdlog::details::thread_pool> writer_;  // the logger has only a weak pointer
  std::shared_ptr<spdlog::logger> logger_;
};

/// One worker's access to the sink. Collects lines, so that a busy worker wakes the writing thread
/// once for many records.
class AuditLog {
 public:
  AuditLog(AuditSink& sink, boost::asio::io_context& loop) : sink_(sink), timer_(loop) {}
  ~AuditLog() { flush(); }

  /// Counted where records are written, so that figures and records agree.
  Metrics metrics;

  std::string& lines() { return lines_; }  ///< append one line, then call line_ended()
  void line_ended();

 private:
  void flush();

  AuditSink& sink_;
  boost::asio::steady_timer timer_;
  std::string lines_;
  bool waiting_ = false;
};

/// The record of one request. It is written as one line of JSON when it leaves scope, so no return
/// can skip it (guarantee 8 in .github/SECURITY.md). It holds no values of queries or bodies,
/// except for those quoted in the message of a shadow profile: these are cut short and never
/// secret.
class AuditRecord {
 public:
  using Clock = std::chrono::steady_clock;

  /// \param request its decision is read when the record is written
  AuditRecord(AuditLog&, const acl::Identity&, const acl::Case& request);
  ~AuditRecord();
  AuditRecord(const AuditRecord&) = delete;
  AuditRecord& operator=(const AuditRecord&) = delete;

  /// Records why a request failed after it was allowed.
  void failed(acl::Reason reason) { failure_ = reason; }
  /// Records what kept the engine from being reached, in a word: "EACCES".
  void caused_by(std::string cause) { cause_ = std::move(cause); }
  void answered(unsigned status) { status_ = status; }
  /// Records how many questions the engine was asked about the request, and how long they took.
  void looked_up(std::size_t questions, Clock::duration time) {
    lookups_ = questions;
    lookup_time_ = time;
  }
  /// Records that the client ended its input without TLS's close_notify.
  void ended_without_notice() { without_notice_ = true; }
  void count_in(std::uint64_t bytes) { bytes_in_ += bytes; }
  void count_out(std::uint64_t bytes) { bytes_out_ += bytes; }
  /// Records when the request had been sent to the engine, and when the engine's answer began.
  void sent_on(Clock::time_point sent, Clock::time_point answered);

 private:
  void count(Clock::time_point now) const;
  void write(Clock::time_point now, std::string& line) const;
  std::optional<acl::Reason> reason() const;
  void append_outcome(acl::Appender&) const;
  void append_counts(Clock::time_point now, acl::Appender&) const;

  AuditLog& log_;
  const acl::Identity& identity_;
  const acl::Case& case_;
  Clock::time_point began_;
  std::optional<Clock::time_point> sent_, answered_;
  std::optional<acl::Reason> failure_;
  std::string cause_;
  std::size_t lookups_ = 0;
  Clock::duration lookup_time_{0};
  unsigned status_ = 0;
  bool without_notice_ = false;
  std::uint64_t bytes_in_ = 0, bytes_out_ = 0;
};

}  // namespace proxy
