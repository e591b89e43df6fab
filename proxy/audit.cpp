// SPDX-License-Identifier: Apache-2.0
#include "proxy/audit.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "acl/text/shown.hpp"
#include "proxy/audit_members.hpp"

namespace proxy {

using acl::Appender;

AuditRecord::AuditRecord(AuditLog& log, const acl::Identity& identity, const acl::Case& request)
    : log_(log), identity_(identity), case_(request), began_(Clock::now()) {}

AuditRecord::~AuditRecord() {
  const auto now = Clock::now();
  count(now);
  const auto begin = log_.lines().size();
  write(now, log_.lines());
  log_.line_ended(begin, room_);
}

bool AuditRecord::has_room() {
  const bool notice_to_come = needs_notice() && id_ == 0;
  const auto wanted = expected_bytes() * (notice_to_come ? 2 : 1);
  if (wanted > room_) {
    if (!log_.take_room(wanted - room_)) return false;
    room_ = wanted;
  }
  return true;
}

void AuditRecord::leave_room() {
  log_.give_room_back(room_);
  room_ = 0;
}

bool AuditRecord::needs_notice() const {
  return acl::info(case_.request().operation).has(acl::hijacks);
}

Task<bool> AuditRecord::announce(boost::asio::steady_timer& wait) {
  id_ = audit::next_id();
  auto& lines = log_.lines();
  const auto begin = lines.size();
  write_notice(lines);
  const auto rooms = room_;  // taken for two lines
  room_ = rooms / 2;
  log_.line_ended(begin, rooms - room_);
  return log_.write_out(wait);
}

/// A usual record is shorter. What a client may make long is counted.
std::size_t AuditRecord::expected_bytes() const {
  constexpr std::size_t usual = 512, fixed = 384, parameter = 24;
  const auto& request = case_.request();
  const auto& decision = case_.decision();
  std::size_t bytes = fixed + audit::bytes_of(identity_) + audit::bytes_of_target(request) +
                      std::min(request.query.size(), audit::most_listed) * parameter +
                      audit::bytes_of(request.dropped) + audit::bytes_of(decision.dropped) +
                      audit::bytes_of(decision.enforced) +
                      audit::bytes_of_command(decision.command);
  if (decision.refusal) bytes += audit::bytes_of(decision.refusal->message, audit::longest_message);
  if (decision.found != nullptr) bytes += audit::bytes_of(*decision.found);
  return std::max(usual, bytes);
}

void AuditRecord::asked(std::string_view target, std::string_view content_type) {
  Appender out(asked_);
  audit::append_text("asked_target", target, out, target.size());
  audit::append_text("asked_type", content_type, out, content_type.size());
}

void AuditRecord::asked(std::string_view body) {
  Appender out(asked_);
  audit::append_text("asked_body", body, out, body.size());
}

void AuditRecord::count(Clock::time_point now) const {
  using std::chrono::duration_cast, std::chrono::microseconds;
  auto& metrics = log_.metrics;
  const auto& decision = case_.decision();
  const auto outcome = decision.would_deny() ? Outcome::would_deny
                       : case_.allowed()     ? Outcome::allowed
                                             : Outcome::denied;
  metrics.count(decision.profile, case_.request().operation, outcome);
  const auto why = outcome == Outcome::would_deny ? failure_ : reason();
  if (why) metrics.refusals[static_cast<std::size_t>(*why)].add();
  metrics.bytes_in.add(bytes_in_);
  metrics.bytes_out.add(bytes_out_);
  metrics.own.add(duration_cast<microseconds>(sent_.value_or(now) - began_));
  if (answered_) metrics.upstream.add(duration_cast<microseconds>(*answered_ - *sent_));
}

void AuditRecord::sent_on(Clock::time_point sent, Clock::time_point answered) {
  sent_ = sent;
  if (answered >= sent) answered_ = answered;
}

/// A failure after the decision takes precedence over the reason of a shadow profile.
std::optional<acl::Reason> AuditRecord::reason() const {
  const auto& refusal = case_.decision().refusal;
  return failure_ || !refusal ? failure_ : std::optional(refusal->reason);
}

void AuditRecord::write(Clock::time_point now, std::string& line) const {
  Appender out(line);
  audit::append_time(out);
  if (id_ != 0) audit::append_id(id_, out);
  append_request(out);
  append_outcome(out);
  append_counts(now, out);
  append_lists(out);
  out.put(asked_, "}");
}

void AuditRecord::write_notice(std::string& line) const {
  Appender out(line);
  audit::append_time(out);
  audit::append_id(id_, out);
  out.put(",\"begin\":true");
  append_request(out);
  audit::append_query(case_, out);
  out.put("}");
}

/// Who asks for what.
void AuditRecord::append_request(Appender& out) const {
  const auto& request = case_.request();
  audit::append_identity(identity_, out);
  if (!shown_name_.empty()) audit::append_text("shown_common_name", shown_name_, out);
  if (!shown_serial_.empty()) audit::append_text("shown_serial", shown_serial_, out);
  if (culprit_) {
    audit::append_text("failed_subject", culprit_->subject, out);
    audit::append_text("failed_serial", culprit_->serial, out);
    audit::append_number("failed_depth", culprit_->depth, out);
  }
  audit::append_text("profile", case_.decision().profile, out);
  audit::append_word("operation", acl::info(request.operation).name, out);
  if (case_.raw_method().empty()) {
    audit::append_word("method", acl::to_string(request.method), out);
    audit::append_target(request, out);
  } else {
    audit::append_text("method", case_.raw_method(), out);
    audit::append_text("target", case_.raw_target(), out);
  }
}

void AuditRecord::append_outcome(Appender& out) const {
  const auto& decision = case_.decision();
  audit::append_word("decision", case_.allowed() ? "allow" : "deny", out);
  if (decision.would_deny()) out.put(",\"would_deny\":true");
  audit::append_text("rule", decision.rule, out);
  if (const auto why = reason()) audit::append_word("reason", acl::id(*why), out);
  if (!cause_.empty()) audit::append_text("cause", cause_, out);
}

/// Lists come last, so that a reader that cuts long lines still sees who asked and what was
/// decided.
void AuditRecord::append_lists(Appender& out) const {
  const auto& decision = case_.decision();
  audit::append_query(case_, out);
  audit::append_names("dropped_fields", decision.dropped, std::identity(), out,
                      decision.more_dropped);
  audit::append_names("enforced", decision.enforced, std::identity(), out);
  audit::append_command(decision.command, out);
  if (decision.would_deny()) {
    const auto message =
        acl::shown(decision.refusal->message, audit::longest_message - audit::cut.size());
    audit::append_text("message", message, out, audit::longest_message);
  }
  if (decision.found != nullptr) audit::append_violations(*decision.found, out);
}

void AuditRecord::append_counts(Clock::time_point now, Appender& out) const {
  using std::chrono::duration_cast, std::chrono::microseconds;
  if (lookups_ != 0) {
    audit::append_number("lookups", lookups_, out);
    audit::append_number("lookup_ms",
                         duration_cast<std::chrono::milliseconds>(lookup_time_).count(), out);
  }
  audit::append_number("status", status_, out);
  if (without_notice_) out.put(",\"no_close_notify\":true");
  audit::append_number("bytes_in", bytes_in_, out);
  audit::append_number("bytes_out", bytes_out_, out);
  if (answered_)
    audit::append_number("upstream_us", duration_cast<microseconds>(*answered_ - *sent_).count(),
                         out);
  audit::append_number("duration_us", duration_cast<microseconds>(now - began_).count(), out);
}

}  // namespace proxy
