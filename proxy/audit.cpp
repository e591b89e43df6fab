// SPDX-License-Identifier: Apache-2.0
#include "proxy/audit.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <array>
#include <concepts>
#include <functional>
#include <span>

#include "acl/text.hpp"
#include "proxy/json_text.hpp"

namespace proxy {

using acl::Appender;

namespace {

constexpr std::size_t queue_slots = 64;  // of batches: spdlog takes 400 bytes for each at once
constexpr std::size_t batch_bytes = 32 * 1024;
constexpr std::chrono::milliseconds batch_time{20};
constexpr std::size_t longest_message = 512;

spdlog::sink_ptr open(const std::string& file) {
  if (file == "-") return std::make_shared<spdlog::sinks::stdout_sink_mt>();
  // Who did what is not for everybody to read, whatever the umask: made here, before spdlog opens
  // it.
  const int made = ::open(file.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0640);
  if (made >= 0) ::close(made);
  return std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
}

template <std::size_t Size>
void append_text(const char (&key)[Size], std::string_view value, Appender& out) {
  out.put(",\"", key, "\":\"");
  append_json_text(value, out);
  out.put("\"");
}

/// For words of our own, which have nothing to escape.
template <std::size_t Size>
void append_word(const char (&key)[Size], std::string_view value, Appender& out) {
  out.put(",\"", key, "\":\"", value, "\"");
}

template <std::size_t Size>
void append_number(const char (&key)[Size], std::integral auto value, Appender& out) {
  out.put(",\"", key, "\":");
  out.put_number(value);
}

template <std::size_t Size>
void append_names(const char (&key)[Size], const auto& list, auto name_of, Appender& out) {
  if (list.empty()) return;
  out.put(",\"", key, "\":[\"");
  append_json_text(std::invoke(name_of, list.front()), out);
  for (const auto& item : std::span(list).subspan(1)) {
    out.put("\",\"");
    append_json_text(std::invoke(name_of, item), out);
  }
  out.put("\"]");
}

void append_identity(const acl::Identity& identity, Appender& out) {
  append_text("listener", identity.listener_name, out);
  if (const auto& peer = identity.unix_peer) {
    append_number("uid", peer->uid, out);
    append_number("gid", peer->gid, out);
    append_number("pid", peer->pid, out);
  }
  if (!identity.address.empty()) append_text("address", identity.address, out);
  if (const auto& certificate = identity.certificate) {
    append_text("common_name", certificate->common_name, out);
    append_names("sans", certificate->sans, &acl::AlternativeName::value, out);
    append_text("serial", certificate->serial, out);
  }
}

void append_target(const acl::Request& request, Appender& out) {
  out.put(",\"target\":\"");
  if (request.version.given()) {
    out.put("/v");
    out.put_number(request.version.major);
    out.put(".");
    out.put_number(request.version.minor);
  }
  append_json_text(request.path, out);
  out.put("\"");
}

void append_query(const acl::Request& request, Appender& out) {
  append_names("query", request.query, &acl::Parameter::name, out);
  append_names("dropped", request.dropped, std::identity(), out);
}

/// "2025-11-23T23:00:00.": the second's digits are made once a second, not once a record.
std::string_view text_of(std::time_t second) {
  thread_local std::time_t last = 0;
  thread_local std::string text;
  if (second != last) {
    last = second;
    text = fmt::format("{:%Y-%m-%dT%H:%M:%S}.", fmt::gmtime(second));
  }
  return text;
}

void append_time(Appender& out) {
  using namespace std::chrono;
  const auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
  constexpr std::int64_t second = 1'000'000;
  std::array<char, 6> digits;
  auto rest = static_cast<std::uint32_t>(now % second);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, rest /= 10)
    *digit = static_cast<char>('0' + rest % 10);
  out.put("{\"time\":\"", text_of(now / second), std::string_view(digits.data(), digits.size()),
          "Z\"");
}

}  // namespace

AuditSink::AuditSink(const config::Audit& audit)
    : file_(audit.file),
      sink_(std::make_shared<spdlog::sinks::dist_sink_mt>(std::vector{open(file_)})),
      writer_(std::make_shared<spdlog::details::thread_pool>(queue_slots, 1)),
      logger_(std::make_shared<spdlog::async_logger>("audit", sink_, writer_,
                                                     spdlog::async_overflow_policy::block)) {
  logger_->set_pattern("%v");
  logger_->flush_on(spdlog::level::info);
}

/// Writes what is still queued and ends the writing thread, while what it writes to is still there.
AuditSink::~AuditSink() {
  writer_.reset();
}

std::optional<std::string> AuditSink::reopen() {
  try {  // spdlog throws what it cannot open
    auto file = open(file_);
    file->set_pattern("%v");
    sink_->set_sinks({std::move(file)});
    return std::nullopt;
  } catch (const spdlog::spdlog_ex& error) {
    return error.what();
  }
}

void AuditSink::write(std::string_view lines) {
  logger_->info(lines);
}

void AuditLog::line_ended() {
  lines_ += '\n';
  if (lines_.size() >= batch_bytes) return flush();
  if (waiting_) return;
  waiting_ = true;
  timer_.expires_after(batch_time);
  timer_.async_wait([this](const boost::system::error_code& error) {
    waiting_ = false;
    if (!error) flush();
  });
}

void AuditLog::flush() {
  if (lines_.empty()) return;
  lines_.pop_back();  // the sink ends each message with a line end
  sink_.write(lines_);
  lines_.clear();
}

AuditRecord::AuditRecord(AuditLog& log, const acl::Identity& identity, const acl::Request& request)
    : log_(log), identity_(identity), request_(request), began_(Clock::now()) {}

AuditRecord::~AuditRecord() {
  const auto now = Clock::now();
  count(now);
  write(now, log_.lines());
  log_.line_ended();
}

void AuditRecord::count(Clock::time_point now) const {
  using std::chrono::duration_cast, std::chrono::microseconds;
  auto& metrics = log_.metrics;
  const auto outcome = would_deny_ ? Outcome::would_deny
                       : allowed_  ? Outcome::allowed
                                   : Outcome::denied;
  metrics.count(profile_, request_.operation, outcome);
  if (reason_) metrics.refusals[static_cast<std::size_t>(*reason_)].add();
  metrics.bytes_in.add(bytes_in_);
  metrics.bytes_out.add(bytes_out_);
  metrics.own.add(duration_cast<microseconds>(sent_.value_or(now) - began_));
  if (answered_) metrics.upstream.add(duration_cast<microseconds>(*answered_ - *sent_));
}

void AuditRecord::sent_on(Clock::time_point sent, Clock::time_point answered) {
  sent_ = sent;
  if (answered >= sent) answered_ = answered;
}

void AuditRecord::asked(std::string_view method, std::string_view target) {
  constexpr std::size_t enough = 256;  // to recognise a request by; a target may have 32 KiB
  raw_method_ = method.substr(0, enough);
  raw_path_ = target.substr(0, std::min(target.find('?'), enough));
}

void AuditRecord::decided(const acl::Decision& decision) {
  profile_ = decision.profile;
  rule_ = decision.rule;
  dropped_fields_ = decision.dropped;
  enforced_ = decision.enforced;
  allowed_ = decision.verdict == acl::Verdict::allow;
  if (decision.verdict == acl::Verdict::deny) reason_ = decision.reason;
  if (!allowed_ || !decision.would_deny) return;
  would_deny_ = decision.reason;
  constexpr std::size_t dots = 3;  // where shown() cuts
  message_ = acl::shown(decision.message, longest_message - dots);
}

void AuditRecord::refused(acl::Reason reason) {
  reason_ = reason;
}

void AuditRecord::write(Clock::time_point now, std::string& line) const {
  Appender out(line);
  append_time(out);
  append_identity(identity_, out);
  append_text("profile", profile_, out);
  append_word("operation", acl::info(request_.operation).name, out);
  if (raw_method_.empty()) {
    append_word("method", acl::to_string(request_.method), out);
    append_target(request_, out);
  } else {
    append_text("method", raw_method_, out);
    append_text("target", raw_path_, out);
  }
  append_query(request_, out);
  append_names("dropped_fields", dropped_fields_, std::identity(), out);
  append_names("enforced", enforced_, std::identity(), out);
  append_outcome(out);
  append_counts(now, out);
  out.put("}");
}

void AuditRecord::append_outcome(Appender& out) const {
  append_word("decision", allowed_ ? "allow" : "deny", out);
  if (would_deny_) out.put(",\"would_deny\":true");
  append_text("rule", rule_, out);
  // What has gone wrong with a request that was let through says more than why it need not have.
  if (const auto reason = reason_ ? reason_ : would_deny_)
    append_word("reason", acl::id(*reason), out);
  if (would_deny_) append_text("message", message_, out);
}

void AuditRecord::append_counts(Clock::time_point now, Appender& out) const {
  using std::chrono::duration_cast, std::chrono::microseconds;
  append_number("status", status_, out);
  append_number("bytes_in", bytes_in_, out);
  append_number("bytes_out", bytes_out_, out);
  if (answered_)
    append_number("upstream_us", duration_cast<microseconds>(*answered_ - *sent_).count(), out);
  append_number("duration_us", duration_cast<microseconds>(now - began_).count(), out);
}

}  // namespace proxy
