// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdlib>
#include <semaphore>
#include <thread>

/// Runs an io_context from beginning to end in a thread of its own, so that what Asio keeps a
/// thread for reuse is kept; but only while somebody is inside settle(). So a test sees the loop at
/// rest, and no two threads ever run at once.
class SteppedLoop {
 public:
  explicit SteppedLoop(boost::asio::io_context&);
  /// Waits until the loop has run dry.
  ~SteppedLoop();
  SteppedLoop(const SteppedLoop&) = delete;
  SteppedLoop& operator=(const SteppedLoop&) = delete;

  /// Lets the loop do all that there is to do. \returns how often it asked for memory for it.
  std::size_t settle();
  /// The same, but waits until there is something.
  std::size_t await_event();

  /// From here on, where SHOW_ALLOCATIONS is set, the stack of each allocation is printed.
  void watch() { watched_ = std::getenv("SHOW_ALLOCATIONS") != nullptr; }

  /// What the loop calls in place of epoll_wait(2).
  int wait(int epoll, struct epoll_event* events, int most, int timeout);

 private:
  void rest();

  std::binary_semaphore go_on_{0}, at_rest_{0};
  std::size_t asked_ = 0;
  bool patient_ = false, ending_ = false;
  bool watched_ = false;
  std::thread thread_;
};
