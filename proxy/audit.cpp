// SPDX-License-Identifier: Apache-2.0
#include "proxy/audit.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <concepts>
#include <functional>
#include <random>
#include <span>

#include "acl/constraint/constraints.hpp"
#include "acl/scan.hpp"
#include "acl/text/shown.hpp"
#include "proxy/file_sink.hpp"
#include "proxy/json_text.hpp"

namespace proxy {

using acl::Appender;

namespace {

constexpr std::size_t queue_bytes = 8 * 1024 * 1024;
constexpr std::size_t room_at_once = 16 * 1024, most_room_ahead = 4 * room_at_once;
constexpr std::size_t batch_bytes = 32 * 1024;
constexpr std::chrono::milliseconds batch_time{20};

// A record has a bound: what clients can make long is cut. Names of objects are shorter.
constexpr std::size_t longest_target = 1024;
constexpr std::size_t longest_message = 512;
constexpr std::size_t longest_name = 128;
constexpr std::size_t longest_text = 256;
constexpr std::size_t most_listed = 32;
constexpr std::string_view cut = "...";

void log_change(const std::string& problem) {
  if (problem.empty())
    spdlog::warn("audit: records are written again, beginning with those that were kept");
  else
    spdlog::error(
        "audit: {}: records are kept and written when that is mended; when {} MiB of them wait, "
        "requests are refused with {}",
        problem, queue_bytes >> 20U, acl::id(acl::Reason::audit_unavailable));
}

/// The most that a text takes in a record, with its quotes and a comma.
std::size_t bytes_of(std::string_view text, std::size_t longest = longest_name) {
  constexpr std::size_t around = 3;
  return json_text_bytes(text.substr(0, longest)) + cut.size() + around;
}

std::size_t bytes_of(std::span<const std::string> names) {
  std::size_t bytes = 0;
  for (const auto& name : names.first(std::min(names.size(), most_listed))) bytes += bytes_of(name);
  return bytes;
}

std::size_t bytes_of_target(const acl::Request& request) {
  constexpr std::size_t version_and_size = 48;
  return version_and_size + bytes_of(request.path, longest_target);
}

/// The words have a bound of their own, in all.
std::size_t bytes_of_command(std::span<const std::string> words) {
  std::size_t bytes = 0;
  for (const auto& word : words) bytes += bytes_of(word, word.size());
  return bytes;
}

std::size_t bytes_of(const acl::Identity& identity) {
  std::size_t bytes = bytes_of(identity.listener_name, longest_text) + identity.address.size();
  const auto& certificate = identity.certificate;
  if (!certificate) return bytes;
  bytes += bytes_of(certificate->common_name, longest_text) + bytes_of(certificate->serial);
  for (const auto& san : std::span(certificate->sans)) bytes += bytes_of(san.value);
  return bytes;
}

std::size_t bytes_of(const acl::constraint::Findings& found) {
  constexpr std::size_t keys = 80;
  std::size_t bytes = 0;
  for (const auto& each : found.violations())
    bytes += keys + bytes_of(each.path) + bytes_of(each.value, longest_text) +
             bytes_of(each.wanted, longest_text);
  return bytes;
}

void append_cut(std::string_view text, std::size_t longest, Appender& out) {
  append_json_text(text.substr(0, longest), out);
  if (text.size() > longest) out.put(cut);
}

template <std::size_t Size>
void append_text(const char (&key)[Size], std::string_view value, Appender& out,
                 std::size_t longest = longest_text) {
  out.put(",\"", key, "\":\"");
  append_cut(value, longest, out);
  out.put("\"");
}

/// Appends a fixed word, which needs no escaping.
template <std::size_t Size>
void append_word(const char (&key)[Size], std::string_view value, Appender& out) {
  out.put(",\"", key, "\":\"", value, "\"");
}

template <std::size_t Size>
void append_number(const char (&key)[Size], std::integral auto value, Appender& out) {
  out.put(",\"", key, "\":");
  out.put_number(value);
}

/// Appends names as far as a record lists them, and as "KEY_more" how many it leaves out.
template <std::size_t Size>
class List {
 public:
  List(const char (&key)[Size], Appender& out) : key_(key), out_(out) {}

  void add(std::string_view name) {
    if (size_ != 0 && name == last_) return;  // the parameter of a list repeats its name
    last_ = name;
    if (size_ == most_listed) {
      ++more_;
      return;
    }
    size_++ == 0 ? out_.put(",\"", key_, "\":[\"") : out_.put("\",\"");
    append_cut(name, longest_name, out_);
  }
  /// \param more names that were not added
  void end(std::size_t more = 0) {
    if (size_ != 0) out_.put("\"]");
    more += more_;
    if (more == 0) return;
    out_.put(",\"", key_, "_more\":");
    out_.put_number(more);
  }

 private:
  const char (&key_)[Size];
  Appender& out_;
  std::string_view last_;
  std::size_t size_ = 0, more_ = 0;
};

template <std::size_t Size>
void append_names(const char (&key)[Size], const auto& names, auto name_of, Appender& out,
                  std::size_t more = 0) {
  List list(key, out);
  for (const auto& name : names) list.add(std::invoke(name_of, name));
  list.end(more);
}

void append_command(std::span<const std::string> words, Appender& out) {
  std::string_view before = ",\"command\":[\"";
  for (const auto& word : words) {
    out.put(before);
    append_json_text(word, out);
    before = "\",\"";
  }
  if (!words.empty()) out.put("\"]");
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
  // A path that no operation has may hold an escaped query.
  const bool is_unknown = request.operation == acl::Operation::unknown;
  const auto path = is_unknown ? acl::shown_target(request.path) : std::string();
  append_cut(is_unknown ? path : request.path, longest_target, out);
  out.put("\"");
  if (request.path.size() > longest_target) append_number("target_bytes", request.path.size(), out);
}

/// Unknown parameters are sent on where clients' habits are kept. The request names only some.
void append_query(const acl::Case& decided, Appender& out) {
  const auto& request = decided.request();
  const bool keeps = decided.habits() == acl::Habits::keep;
  const auto unnamed = request.unknown.size() - request.dropped.size();
  List sent("query", out);
  for (const auto& parameter : request.query) sent.add(parameter.name);
  List dropped("dropped", out);
  if (keeps) {
    for (const auto& name : request.dropped) sent.add(name);
    return sent.end(unnamed);
  }
  sent.end();
  for (const auto& name : request.dropped) dropped.add(name);
  dropped.end(unnamed);
}

void append_violations(const acl::constraint::Findings& found, Appender& out) {
  out.put(",\"violations\":[");
  std::string_view before = "{";
  for (const auto& each : found.violations()) {
    out.put(before, "\"constraint\":\"", info(each.constraint).key, "\"");
    append_text("field", each.path, out, longest_name);
    append_text("value", each.value, out);
    append_text("wants", each.wanted, out);
    out.put("}");
    before = ",{";
  }
  out.put("]");
  if (found.more() != 0) append_number("violations_more", found.more(), out);
}

/// "2025-11-23T23:00:00.", formatted once a second instead of once a record.
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

/// A number that no other record of this process has, nor, in all likelihood, one of another.
std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last = std::uint64_t{std::random_device{}()} << 32U;
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

void append_id(std::uint64_t id, Appender& out) {
  std::array<char, 16> digits;
  fmt::format_to_n(digits.data(), digits.size(), "{:016x}", id);
  append_word("id", std::string_view(digits.data(), digits.size()), out);
}

}  // namespace

LineQueue audit_queue(const config::Audit& audit, HeldBytes& held) {
  return {std::make_unique<FileSink>(audit.file),
          {.most = queue_bytes, .held = &held, .on_change = log_change}};
}

AuditLog::~AuditLog() {
  flush();
  queue_.give_room_back(room_);
}

bool AuditLog::take_room(std::size_t bytes) {
  if (room_ < bytes) {
    const auto lacking = bytes - room_;
    const auto more = queue_.take_room(lacking + room_at_once) ? lacking + room_at_once
                      : queue_.take_room(lacking)              ? lacking
                                                               : 0;
    if (more == 0) return false;
    room_ += more;
  }
  room_ -= bytes;
  return true;
}

void AuditLog::give_room_back(std::size_t bytes) {
  room_ += bytes;
  if (room_ <= most_room_ahead) return;
  queue_.give_room_back(room_ - room_at_once);
  room_ = room_at_once;
}

void AuditLog::line_ended(std::size_t begin, std::size_t room) {
  lines_ += '\n';
  const auto size = lines_.size() - begin;
  if (room >= size) {
    give_room_back(room - size);
  } else if (!take_room(size - room)) {
    if (room == 0) {
      lines_.resize(begin);
      return queue_.lose(1);
    }
    queue_.take_room_anyway(size - room);
  }
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
  queue_.add(lines_);
  lines_.clear();
}

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
  const bool notice_to_come = has_notice() && id_ == 0;
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

/// Returns whether the request may open a stream.
bool AuditRecord::has_notice() const {
  return acl::info(case_.request().operation).has(acl::hijacks);
}

void AuditRecord::announce() {
  if (!has_notice()) return;
  id_ = next_id();
  auto& lines = log_.lines();
  const auto begin = lines.size();
  write_notice(lines);
  const auto rooms = room_;  // taken for two lines
  room_ = rooms / 2;
  log_.line_ended(begin, rooms - room_);
  log_.flush();
}

/// A usual record is shorter. What a client may make long is counted.
std::size_t AuditRecord::expected_bytes() const {
  constexpr std::size_t usual = 512, fixed = 384, parameter = 24;
  const auto& request = case_.request();
  const auto& decision = case_.decision();
  std::size_t bytes = fixed + bytes_of(identity_) + bytes_of_target(request) +
                      std::min(request.query.size(), most_listed) * parameter +
                      bytes_of(request.dropped) + bytes_of(decision.dropped) +
                      bytes_of(decision.enforced) + bytes_of_command(decision.command);
  if (decision.refusal) bytes += bytes_of(decision.refusal->message, longest_message);
  if (decision.found != nullptr) bytes += bytes_of(*decision.found);
  return std::max(usual, bytes);
}

void AuditRecord::asked(std::string_view target, std::string_view content_type) {
  Appender out(asked_);
  append_text("asked_target", target, out, target.size());
  append_text("asked_type", content_type, out, content_type.size());
}

void AuditRecord::asked(std::string_view body) {
  Appender out(asked_);
  append_text("asked_body", body, out, body.size());
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
  append_time(out);
  if (id_ != 0) append_id(id_, out);
  append_request(out);
  append_outcome(out);
  append_counts(now, out);
  append_lists(out);
  out.put(asked_, "}");
}

void AuditRecord::write_notice(std::string& line) const {
  Appender out(line);
  append_time(out);
  append_id(id_, out);
  out.put(",\"begin\":true");
  append_request(out);
  append_query(case_, out);
  out.put("}");
}

/// Who asks for what.
void AuditRecord::append_request(Appender& out) const {
  const auto& request = case_.request();
  append_identity(identity_, out);
  if (!shown_name_.empty()) append_text("shown_common_name", shown_name_, out);
  if (!shown_serial_.empty()) append_text("shown_serial", shown_serial_, out);
  append_text("profile", case_.decision().profile, out);
  append_word("operation", acl::info(request.operation).name, out);
  if (case_.raw_method().empty()) {
    append_word("method", acl::to_string(request.method), out);
    append_target(request, out);
  } else {
    append_text("method", case_.raw_method(), out);
    append_text("target", case_.raw_target(), out);
  }
}

void AuditRecord::append_outcome(Appender& out) const {
  const auto& decision = case_.decision();
  append_word("decision", case_.allowed() ? "allow" : "deny", out);
  if (decision.would_deny()) out.put(",\"would_deny\":true");
  append_text("rule", decision.rule, out);
  if (const auto why = reason()) append_word("reason", acl::id(*why), out);
  if (!cause_.empty()) append_text("cause", cause_, out);
}

/// Lists come last, so that a reader that cuts long lines still sees who asked and what was
/// decided.
void AuditRecord::append_lists(Appender& out) const {
  const auto& decision = case_.decision();
  append_query(case_, out);
  append_names("dropped_fields", decision.dropped, std::identity(), out, decision.more_dropped);
  append_names("enforced", decision.enforced, std::identity(), out);
  append_command(decision.command, out);
  if (decision.would_deny()) {
    const auto message = acl::shown(decision.refusal->message, longest_message - cut.size());
    append_text("message", message, out, longest_message);
  }
  if (decision.found != nullptr) append_violations(*decision.found, out);
}

void AuditRecord::append_counts(Clock::time_point now, Appender& out) const {
  using std::chrono::duration_cast, std::chrono::microseconds;
  if (lookups_ != 0) {
    append_number("lookups", lookups_, out);
    append_number("lookup_ms", duration_cast<std::chrono::milliseconds>(lookup_time_).count(), out);
  }
  append_number("status", status_, out);
  if (without_notice_) out.put(",\"no_close_notify\":true");
  append_number("bytes_in", bytes_in_, out);
  append_number("bytes_out", bytes_out_, out);
  if (answered_)
    append_number("upstream_us", duration_cast<microseconds>(*answered_ - *sent_).count(), out);
  append_number("duration_us", duration_cast<microseconds>(now - began_).count(), out);
}

}  // namespace proxy
