// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace proxy {

struct Worker;

/// Counts over all workers the streams that go on without a certificate, and logs them at its end.
class StreamsLeft {
 public:
  StreamsLeft() = default;
  ~StreamsLeft();
  StreamsLeft(const StreamsLeft&) = delete;
  StreamsLeft& operator=(const StreamsLeft&) = delete;

  void add() { count_.fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> count_ = 0;
};

/// Ends the streams of a worker whose clients' certificates do not hold any more, where their
/// listener says `on_revocation: close`. Runs on the worker's loop in small steps, so that other
/// clients do not wait meanwhile.
/// \param left receives the others; may be null
void check_streams(Worker&, std::shared_ptr<StreamsLeft> left);

}  // namespace proxy
