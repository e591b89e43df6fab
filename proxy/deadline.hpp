// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <functional>

namespace proxy {

class Deadlines;

/// The current time limit of a session. Arming only stores a time point, which the worker's ticker
/// compares with the time; so a busy session never touches a timer.
class Deadline : public boost::intrusive::list_base_hook<> {
 public:
  using Clock = std::chrono::steady_clock;

  /// \param on_expiry called at the tick when the limit expires, and at each later one until the
  /// limit is replaced or removed: a cancellation that comes between two waits would be lost
  /// \param on_wait called once for each watch_wait() that is not cancelled
  /// Both are called on the worker's thread.
  Deadline(Deadlines&, std::function<void()> on_expiry, std::function<void()> on_wait = {});
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  /// Sets the limit: it expires `limit` from now, or up to two ticks later. 0 means no limit.
  /// Replaces an earlier one.
  void arm(std::chrono::milliseconds limit);
  void disarm() { due_ = Clock::time_point::max(); }
  /// Calls `on_wait` at the second tick from now, or at a later one; for work that pays only if a
  /// wait lasts.
  void watch_wait(std::uint8_t ticks = 2) { ticks_to_wait_ = ticks; }
  void stop_watching() { ticks_to_wait_ = 0; }
  /// Whether the last limit has expired.
  bool expired() const { return expired_; }

 private:
  friend class Deadlines;
  Deadlines& all_;
  std::function<void()> on_expiry_, on_wait_;
  std::uint8_t ticks_to_wait_ = 0;  ///< until on_wait; 0: not watching
  Clock::time_point due_ = Clock::time_point::max();
  bool expired_ = false;
};

/// A worker's deadlines. Ticks only while there are any, so an idle tidegate sleeps.
class Deadlines {
 public:
  static constexpr std::chrono::milliseconds tick{50};

  explicit Deadlines(boost::asio::io_context& loop) : timer_(loop) {}

 private:
  friend class Deadline;
  void start();
  void on_tick();

  boost::asio::steady_timer timer_;
  boost::intrusive::list<Deadline> armed_;
  Deadline::Clock::time_point now_;  ///< at the last tick; saves reading the clock for each arming
  bool ticking_ = false;
};

}  // namespace proxy
