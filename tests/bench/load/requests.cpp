// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <list>
#include <memory>

#include "tests/bench/load/options.hpp"
#include "tests/bench/wire/message.hpp"
#include "tests/bench/wire/poller.hpp"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Tally {
  Clock::time_point end;
  std::vector<float>
      microseconds;  ///< of each request, from its first byte sent to its answer's last
};

/// One connection at a time, and on it one request after the other.
class Caller {
 public:
  Caller(const Options& options, Poller& poller, Tally& tally)
      : options_(options), poller_(poller), tally_(tally) {
    begin();
  }

  bool running() const { return connection_ != nullptr; }

  /// Something has come, or there is room.
  void ready() {
    if (!unsent_.empty()) send();
    static std::array<char, 256 * 1024> room;
    while (const auto n = connection_->read(room)) {
      if (*n == 0) give_up("the connection was closed before the answer was complete");
      const auto taken = answer_.take({room.data(), *n});
      if (taken < *n) give_up("there are bytes behind the answer");
      if (answer_.complete()) return finish();
    }
  }

 private:
  void begin() {
    if (!connection_) {
      connection_ = std::make_unique<Connection>(options_.to, options_.credentials);
      make_non_blocking(connection_->socket());
      poller_.add(connection_->socket(), EPOLLIN, this);
      answered_ = 0;
    }
    began_ = Clock::now();
    unsent_ = options_.requests[next_];
    next_ = (next_ + 1) % options_.requests.size();
    answer_.clear();
    send();
  }

  /// A request is small: where it is not taken at once, a handshake waits for the other side.
  void send() {
    const auto n = connection_->write(unsent_);
    if (n) unsent_.remove_prefix(*n);
    if (n && !unsent_.empty()) give_up("the socket has no room for a request");
  }

  void finish() {
    const auto now = Clock::now();
    if (answer_.status() != options_.expected)
      give_up(std::string(answer_.first_line()) + " where " + std::to_string(options_.expected) +
              " is expected: " + std::string(answer_.body_begins()));
    const std::chrono::duration<float, std::micro> took = now - began_;
    tally_.microseconds.push_back(took.count());
    const bool over = now >= tally_.end && next_ == 0;
    if (over || ++answered_ == options_.each) connection_.reset();
    if (!over) begin();
  }

  const Options& options_;
  Poller& poller_;
  Tally& tally_;
  std::unique_ptr<Connection> connection_;
  std::string_view unsent_;
  Message answer_;
  Clock::time_point began_;
  std::size_t next_ = 0;      ///< request
  std::size_t answered_ = 0;  ///< on this connection
};

float quantile(std::vector<float>& values, double share) {
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

}  // namespace

void make_requests(const Options& options) {
  Poller poller;
  Tally tally;
  tally.microseconds.reserve(1U << 20U);
  const auto begin = Clock::now();
  tally.end = begin + std::chrono::duration_cast<Clock::duration>(
                          std::chrono::duration<double>(options.seconds));
  std::list<Caller> callers;
  for (std::size_t i = 0; i < options.connections; ++i)
    callers.emplace_back(options, poller, tally);
  while (std::ranges::any_of(callers, &Caller::running)) {
    const auto events = poller.wait(patience);
    if (events.empty()) give_up("no answer within " + std::to_string(patience) + " s");
    for (const auto& event : events) static_cast<Caller*>(event.data.ptr)->ready();
  }
  const std::chrono::duration<double> took = Clock::now() - begin;
  auto& all = tally.microseconds;
  std::printf(R"({"requests":%zu,"seconds":%.6f,"p50":%.3f,"p99":%.3f})"
              "\n",
              all.size(), took.count(), static_cast<double>(quantile(all, 0.5)),
              static_cast<double>(quantile(all, 0.99)));
}

}  // namespace bench
