// SPDX-License-Identifier: Apache-2.0
#include "proxy/audit_members.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <random>

#include "acl/constraint/constraints.hpp"
#include "acl/target.hpp"
#include "proxy/json_text.hpp"

namespace proxy::audit {

using acl::Appender;

namespace {

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

}  // namespace

std::size_t bytes_of(std::string_view text, std::size_t longest) {
  constexpr std::size_t around = 3;
  return json_text_bytes(text.substr(0, longest)) + cut.size() + around;
}

std::size_t bytes_of(std::span<const std::string> names) {
  std::size_t bytes = 0;
  for (const auto& name : names.first(std::min(names.size(), most_listed))) bytes += bytes_of(name);
  return bytes;
}

std::size_t bytes_of_target(const acl::Request& request) {
  constexpr std::size_t others = 48;  // the version, the size, three stars
  constexpr std::size_t longest_escape = 6;
  return others + std::min(json_text_bytes(request.path), longest_escape * longest_target);
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

void append_command(std::span<const std::string> words, Appender& out) {
  Array command("command", out);
  for (const auto& word : words) command.add(word, word.size());
  command.end();
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
  const bool is_plain = request.operation != acl::Operation::unknown &&
                        request.path.find_first_of("@?#%") == request.path.npos;
  if (is_plain)
    append_cut(request.path, longest_target, out);
  else
    append_cut(acl::shown_path(request), longest_target, out);
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

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last = std::uint64_t{std::random_device{}()} << 32U;
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

void append_id(std::uint64_t id, Appender& out) {
  std::array<char, 16> digits;
  fmt::format_to_n(digits.data(), digits.size(), "{:016x}", id);
  append_word("id", std::string_view(digits.data(), digits.size()), out);
}

}  // namespace proxy::audit
