// SPDX-License-Identifier: Apache-2.0
#include "config/limit_checks.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "config/units.hpp"
#include "config/words.hpp"

namespace config {
namespace {

/// One client may hold half of `held_bytes`: a body as it arrived and as it is sent.
constexpr std::size_t bodies_held = 4;

/// A limit on something that is held whole.
struct Whole {
  std::string_view key;
  std::size_t Limits::* bytes;
  std::string_view what;
};

constexpr auto held_whole = std::to_array<Whole>({
    {"body_bytes", &Limits::body_bytes, "a body"},
    {"config_bytes", &Limits::config_bytes, "a swarm config"},
    {"lookup_bytes", &Limits::lookup_bytes, "a look-up"},
    {"record_bytes", &Limits::record_bytes, "a record"},
});

std::string key_of(const Whole& each) {
  return "limits." + std::string(each.key);
}

bool has_room(std::size_t held_bytes, std::size_t bytes) {
  return held_bytes / bodies_held >= bytes;
}

/// The defaults follow a lower `held_bytes`, except for that of `body_bytes`, which every client
/// needs.
bool follows(const Whole& each) {
  return each.bytes != &Limits::body_bytes;
}

std::string too_little(std::size_t held_bytes, const Whole& limit, std::size_t bytes) {
  const auto key = code(limit.key);
  auto said = format_size(held_bytes) + " is too little for ";
  said.append(limit.what).append(" of ").append(key);
  said.append("; write at least ").append(format_size(bodies_held * bytes));
  return said.append(", or lower ").append(key);
}

void check_held_bytes(const Limits& limits, Report& report) {
  const std::string where = "limits.held_bytes";
  if (report.is_reported(where) || limits.held_bytes == 0) return;
  for (const auto& each : held_whole) {
    const auto bytes = limits.*each.bytes;
    if (report.is_reported(key_of(each)) || has_room(limits.held_bytes, bytes)) continue;
    if (follows(each) && !report.has_seen(key_of(each))) continue;
    report.mistake(where, too_little(limits.held_bytes, each, bytes));
  }
}

void check_connections(const Limits& limits, Report& report) {
  const std::string where = "limits.connections_per_client";
  if (!report.has_seen(where)) return;  // the default follows `connections`
  if (report.is_reported(where) || report.is_reported("limits.connections")) return;
  if (limits.connections_per_client <= limits.connections) return;
  report.mistake(where, std::to_string(limits.connections_per_client) +
                            " is more than all connections together; write at most " +
                            std::to_string(limits.connections) + ", or raise `connections`");
}

}  // namespace

void check(const Limits& limits, Report& report) {
  check_connections(limits, report);
  check_held_bytes(limits, report);
}

void follow(Limits& limits) {
  limits.connections_per_client = std::min(limits.connections_per_client, limits.connections);
  if (limits.held_bytes == 0) return;
  for (const auto& each : held_whole)
    if (follows(each))
      limits.*each.bytes = std::min(limits.*each.bytes, limits.held_bytes / bodies_held);
}

std::optional<std::string> warn_of_held_bytes(std::size_t held_bytes, const Limits& limits) {
  const auto& most = *std::ranges::max_element(
      held_whole, {}, [&](const Whole& each) { return limits.*each.bytes; });
  const auto bytes = limits.*most.bytes;
  if (has_room(held_bytes, bytes)) return std::nullopt;
  const auto key = code(key_of(most));
  return "limits.held_bytes: " + format_size(held_bytes) +
         ", by the memory that there is, is too little for " + std::string(most.what) + " of " +
         key + " (" + format_size(bytes) + "), which may be refused with `limit.memory`; " +
         "give tidegate more memory, set `limits.held_bytes` to at least " +
         format_size(bodies_held * bytes) + ", or lower " + key;
}

}  // namespace config
