// SPDX-License-Identifier: Apache-2.0
#include "tests/alloc/stepped_loop.hpp"

#include <sys/epoll.h>

#include <utility>

#include "tests/alloc/memory.hpp"

namespace {

thread_local SteppedLoop* of_this_thread = nullptr;

}  // namespace

/// Asio waits here when it has nothing else to do, and only then with a timeout other than 0.
extern "C" int epoll_wait(int epoll, epoll_event* events, int most, int timeout) {
  if (timeout == 0 || of_this_thread == nullptr)
    return ::epoll_pwait(epoll, events, most, timeout, nullptr);
  return of_this_thread->wait(epoll, events, most, timeout);
}

SteppedLoop::SteppedLoop(boost::asio::io_context& loop)
    : thread_([this, &loop] {
        of_this_thread = this;
        loop.run();
      }) {
  at_rest_.acquire();
}

SteppedLoop::~SteppedLoop() {
  ending_ = true;
  go_on_.release();
  thread_.join();
}

std::size_t SteppedLoop::settle() {
  const auto before = asked_;
  go_on_.release();
  at_rest_.acquire();
  return asked_ - before;
}

std::size_t SteppedLoop::await_event() {
  patient_ = true;
  return settle();
}

int SteppedLoop::wait(int epoll, epoll_event* events, int most, int timeout) {
  for (;;) {
    const bool waits = ending_ || std::exchange(patient_, false);
    const int ready = ::epoll_pwait(epoll, events, most, waits ? timeout : 0, nullptr);
    if (ready != 0 || ending_) return ready;
    rest();
  }
}

void SteppedLoop::rest() {
  asked_ = allocations();
  show_allocations(false);
  at_rest_.release();
  go_on_.acquire();
  show_allocations(watched_);
}
