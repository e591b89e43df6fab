// SPDX-License-Identifier: Apache-2.0
// An engine that costs next to nothing, for measuring what stands in front of it. It answers the
// few requests of tests/bench/scenarios.py, on one thread and one unix socket.
//
// usage: bench_engine SOCKET
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <unordered_map>

#include "tests/bench/engine/connection.hpp"

namespace bench {
namespace {

class Engine {
 public:
  explicit Engine(const std::string& path)
      : listener_(listen_on(address_of("unix:" + path))),
        timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
    const itimerspec each_second{.it_interval = {1, 0}, .it_value = {1, 0}};
    if (::timerfd_settime(timer_.number(), 0, &each_second, nullptr) != 0)
      give_up_after("timerfd_settime");
    poller_.add(listener_.number(), EPOLLIN, &listener_);
    poller_.add(timer_.number(), EPOLLIN, &timer_);
  }

  [[noreturn]] void run() {
    for (;;) {
      for (const auto& event : poller_.wait(-1)) {
        if (event.data.ptr == &listener_)
          accept();
        else if (event.data.ptr == &timer_)
          send_events();
        else if (auto* client = static_cast<Connection*>(event.data.ptr); !client->ready())
          clients_.erase(client);
      }
    }
  }

 private:
  void accept() {
    for (;;) {
      const int socket =
          ::accept4(listener_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket < 0 && errno == EAGAIN) return;
      if (socket < 0) give_up_after("accept4");
      auto client = std::make_unique<Connection>(Descriptor(socket), poller_);
      auto* key = client.get();
      clients_.emplace(key, std::move(client));
    }
  }

  /// One event a second to everybody who listens to them.
  void send_events() {
    std::uint64_t expirations = 0;
    if (::read(timer_.number(), &expirations, sizeof expirations) < 0) return;
    for (const auto& [key, client] : clients_)
      if (client->wants_events()) client->send_event();
  }

  Poller poller_;
  Descriptor listener_, timer_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> clients_;
};

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: bench_engine SOCKET\n", stderr);
    return 64;
  }
  bench::raise_descriptor_limit();
  bench::Engine(arguments[1]).run();
}
