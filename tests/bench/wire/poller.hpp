// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "tests/bench/wire/socket.hpp"

namespace bench {

/// epoll(7), level-triggered.
class Poller {
 public:
  Poller() : poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (poll_.number() < 0) give_up_after("epoll_create1");
  }

  /// \param owner stands in `data.ptr` of what wait() returns
  void add(int descriptor, std::uint32_t events, void* owner) {
    control(EPOLL_CTL_ADD, descriptor, events, owner);
  }
  void change(int descriptor, std::uint32_t events, void* owner) {
    control(EPOLL_CTL_MOD, descriptor, events, owner);
  }

  /// What is ready; empty where nothing is for so many seconds. -1 is for ever.
  std::span<const epoll_event> wait(int seconds) {
    const int count = ::epoll_wait(poll_.number(), ready_.data(), static_cast<int>(ready_.size()),
                                   seconds * 1000);
    if (count < 0) give_up_after("epoll_wait");
    return std::span(ready_).first(static_cast<std::size_t>(count));
  }

 private:
  void control(int operation, int descriptor, std::uint32_t events, void* owner) {
    epoll_event event{.events = events, .data = {.ptr = owner}};
    if (::epoll_ctl(poll_.number(), operation, descriptor, &event) != 0) give_up_after("epoll_ctl");
  }

  Descriptor poll_;
  std::array<epoll_event, 512> ready_{};
};

}  // namespace bench
