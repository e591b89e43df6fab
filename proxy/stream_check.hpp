// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "acl/reason.hpp"

namespace proxy {

struct Worker;

/// Counts over all workers the streams that go on although their clients would not get them any
/// more, and logs them at its end.
class StreamsLeft {
 public:
  StreamsLeft() = default;
  ~StreamsLeft();
  StreamsLeft(const StreamsLeft&) = delete;
  StreamsLeft& operator=(const StreamsLeft&) = delete;

  /// \param ended why the stream should have ended
  void add(acl::Reason ended);

 private:
  std::atomic<std::size_t> without_certificate_ = 0;
  std::atomic<std::size_t> without_profile_ = 0;
};

/// Ends the streams of a worker whose clients' certificates do not hold any more, or whose clients
/// the policy now gives another profile or none, where their listener says `on_revocation: close`.
/// Runs on the worker's loop in small steps, so that other clients do not wait meanwhile.
/// \param left receives the others; may be null
void check_streams(Worker&, std::shared_ptr<StreamsLeft> left);

}  // namespace proxy
