// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/worker.hpp"
#include "tests/alloc/stepped_loop.hpp"

namespace proxy {

/// A worker that serves one session, between a client and an engine that the test plays at the
/// other ends of their sockets.
class Stage {
 public:
  Stage();
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void client_sends(std::string_view bytes) { send(client_, bytes); }
  void engine_sends(std::string_view bytes) { send(engine_, bytes); }
  /// What has arrived there.
  std::string client_got() { return receive(client_); }
  std::string engine_got();
  /// The same, but waits: a request that opens a stream is sent on when its notice is written.
  /// \returns nothing if a thousand events bring nothing
  std::string await_engine();

  /// Lets the worker do all that it can do. \returns how often it asked for memory.
  std::size_t settle() { return loop_->settle(); }
  /// With SHOW_ALLOCATIONS: whoever asks for memory from here on is shown.
  void watch() { loop_->watch(); }
  /// Waits until the records so far have been handed over. That is due 20 ms after the first of
  /// them, and allocates.
  void hand_over_records();

  /// One request, of which the engine hears unless `answer` is empty, and its answer.
  /// \returns how often the worker asked for memory.
  std::size_t exchange(std::string_view request, std::string_view answer);

 private:
  static void send(int socket, std::string_view bytes);
  static std::string receive(int socket);

  std::string folder_;
  config::Settings settings_;
  HeldBytes held_{HeldBytes::unbounded};
  EngineState state_;
  LineQueue queue_;
  Worker worker_;
  int listener_ = -1, client_ = -1, engine_ = -1;
  std::optional<SteppedLoop> loop_;
};

}  // namespace proxy
