// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "acl/appender.hpp"
#include "acl/case.hpp"
#include "acl/identity.hpp"
#include "proxy/audit_log.hpp"
#include "proxy/task.hpp"
#include "tls/stream.hpp"

namespace proxy {

/// The record of one request. It is written as one line of JSON when it leaves scope, so no return
/// can skip it (guarantee 8 in .github/SECURITY.md). It holds no values of queries or bodies,
/// except for those that a refusal names, which are cut short and never secret (see
/// acl::constraint::shown_value()), and the command line of an exec where `audit.exec_commands`
/// asks for it; `explain` alone has all of a request recorded. All that a client can make long has
/// a bound.
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
  /// Records the certificate of a refused handshake. Nobody has verified it.
  void shown(std::string common_name, std::string serial) {
    shown_name_ = std::move(common_name);
    shown_serial_ = std::move(serial);
  }
  /// Records which certificate of its chain failed.
  void verification_failed_at(tls::Culprit culprit) { culprit_ = std::move(culprit); }
  void answered(unsigned status) { status_ = status; }
  /// Records how many questions the engine was asked about the request, and how long they took.
  void looked_up(std::size_t questions, Clock::duration time) {
    lookups_ = questions;
    lookup_time_ = time;
  }
  /// Puts the target and the body as the client wrote them into the record: see
  /// config::Audit::requests.
  void asked(std::string_view target, std::string_view content_type);
  void asked(std::string_view body);
  /// Records that the client ended its input without TLS's close_notify.
  void ended_without_notice() { without_notice_ = true; }
  void count_in(std::uint64_t bytes) { bytes_in_ += bytes; }
  void count_out(std::uint64_t bytes) { bytes_out_ += bytes; }
  /// Makes sure that the queue has room for the record, as far as its size is known by now. Nothing
  /// of a request may be sent on before. \returns false if there is no room now.
  bool has_room();
  /// Leaves the room to others until has_room() is called again: whoever waits for a client holds
  /// none.
  void leave_room();
  /// The most bytes that the record needs, as far as that is known by now.
  std::size_t expected_bytes() const;
  /// Whether the request may open a stream, which can run for days, and only its end brings the
  /// record. announce() must then be called just before the engine is asked.
  bool needs_notice() const;
  /// Writes a notice that the request begins, and waits until the sink has taken it.
  /// \param wait how long at most; cancelling it ends the waiting
  /// \returns whether the sink has it
  Task<bool> announce(boost::asio::steady_timer& wait);
  /// Records when the request had been sent to the engine, and when the engine's answer began.
  void sent_on(Clock::time_point sent, Clock::time_point answered);

 private:
  void count(Clock::time_point now) const;
  void write(Clock::time_point now, std::string& line) const;
  void write_notice(std::string& line) const;
  void append_request(acl::Appender&) const;
  std::optional<acl::Reason> reason() const;
  void append_outcome(acl::Appender&) const;
  void append_lists(acl::Appender&) const;
  void append_counts(Clock::time_point now, acl::Appender&) const;

  AuditLog& log_;
  const acl::Identity& identity_;
  const acl::Case& case_;
  Clock::time_point began_;
  std::optional<Clock::time_point> sent_, answered_;
  std::optional<acl::Reason> failure_;
  std::string cause_;
  std::string asked_;  ///< members of the record
  std::string shown_name_, shown_serial_;
  std::optional<tls::Culprit> culprit_;
  std::size_t room_ = 0;
  std::uint64_t id_ = 0;  ///< of the notice and the record; 0: there is no notice
  std::size_t lookups_ = 0;
  Clock::duration lookup_time_{0};
  unsigned status_ = 0;
  bool without_notice_ = false;
  std::uint64_t bytes_in_ = 0, bytes_out_ = 0;
};

}  // namespace proxy
