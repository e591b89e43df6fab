// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "acl/decision.hpp"
#include "acl/operation.hpp"
#include "acl/reason.hpp"

namespace proxy {

/// A number that one thread changes and any thread may read. It needs no locked instruction.
class Counter {
 public:
  void add(std::uint64_t more = 1) { value_.store(get() + more, std::memory_order_relaxed); }
  void take(std::uint64_t less = 1) { value_.store(get() - less, std::memory_order_relaxed); }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Counts durations by size.
struct Histogram {
  /// Upper bounds in microseconds; one more bucket counts longer durations.
  static constexpr std::array<std::uint64_t, 16> bounds{
      25,     50,     100,     250,     500,       1'000,     2'500,      5'000,
      10'000, 50'000, 100'000, 500'000, 1'000'000, 5'000'000, 10'000'000, 60'000'000};

  void add(std::chrono::microseconds);

  std::array<Counter, bounds.size() + 1> buckets;
  Counter sum;  ///< microseconds
};

enum class Outcome : std::uint8_t { allowed, denied, would_deny };
inline constexpr std::size_t outcome_count = 3;

/// The figures of one worker since its start.
class Metrics {
 public:
  struct OfProfile {
    std::string name;
    std::array<std::array<Counter, outcome_count>, acl::operation_count + 1> requests;
  };

  /// Counts a request of this profile; the name is empty for requests that no profile saw.
  void count(std::string_view profile, acl::Operation, Outcome);
  std::array<Counter, acl::reason_count> refusals;
  Histogram own;       ///< from a request's head until it was sent on or refused
  Histogram upstream;  ///< from there to the head of the engine's answer
  Counter bytes_in, bytes_out;
  Counter sessions, tunnels;  ///< open now
  Counter unknown_members;    ///< in the engine's answers to look-ups

  /// Calls `visit` with each profile's figures; from any thread.
  template <class Visit>
  void each_profile(Visit visit) const {
    const std::scoped_lock lock(mutex_);
    for (const auto& [name, figures] : profiles_) visit(*figures);
  }

 private:
  OfProfile& of(std::string_view profile);

  mutable std::mutex mutex_;  ///< taken for a scrape and for a new profile
  std::map<std::string, std::unique_ptr<OfProfile>, std::less<>> profiles_;
  OfProfile* last_ = nullptr;
};

}  // namespace proxy
