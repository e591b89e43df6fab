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

/// A limit of all clients together, and that of each one, whose default follows it.
struct Share {
  std::string_view what;
  std::size_t Limits::* all;
  std::size_t Limits::* per_client;
};

constexpr auto shares = std::to_array<Share>({
    {"connections", &Limits::connections, &Limits::connections_per_client},
    {"handshakes", &Limits::handshakes, &Limits::handshakes_per_client},
});

void check_share(const Share& share, const Limits& limits, Report& report) {
  const auto all = "limits." + std::string(share.what);
  const auto where = all + "_per_client";
  if (!report.has_seen(where)) return;  // the default follows
  if (report.is_reported(where) || report.is_reported(all)) return;
  if (limits.*share.per_client <= limits.*share.all) return;
  report.mistake(where, std::to_string(limits.*share.per_client) + " is more than all " +
                            std::string(share.what) + " together; write at most " +
                            std::to_string(limits.*share.all) + ", or raise " + code(share.what));
}

}  // namespace

void check(const Limits& limits, Report& report) {
  for (const auto& share : shares) check_share(share, limits, report);
  check_held_bytes(limits, report);
}

void follow(Limits& limits) {
  for (const auto& share : shares)
    limits.*share.per_client = std::min(limits.*share.per_client, limits.*share.all);
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
