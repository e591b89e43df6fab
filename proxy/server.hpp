// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/signal_set.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "config/settings.hpp"
#include "proxy/admission.hpp"
#include "proxy/listener.hpp"
#include "proxy/worker.hpp"

namespace proxy {

/// The daemon: workers, listeners, signals.
class Server {
 public:
  explicit Server(config::Settings settings);

  /// Opens every listener. \returns what went wrong, a sentence each; nothing is served then.
  std::vector<std::string> open();
  /// Serves until SIGTERM or SIGINT, then drains. A second signal stops at once.
  void run();

 private:
  awaitable<void> await_signals();
  void start_listening();
  void take(net::io_context& loop, Socket client, acl::Identity identity);
  awaitable<void> turn_away(Socket client, acl::Identity identity, acl::Reason reason,
                            Worker& worker);
  void drain();
  void stop();
  void on_each_worker(void (*act)(Worker&));

  config::Settings settings_;
  AuditSink audit_;
  Admission admission_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  net::signal_set signals_;
  net::steady_timer drain_timer_;
  std::size_t next_worker_ = 0;
};

}  // namespace proxy
