// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "proxy/client.hpp"
#include "proxy/engine_stub/engine.hpp"

namespace proxy::engine_stub {

/// Appends a chunk as clients read it: with a tty as it is, else behind the frame's eight bytes,
/// {stream, 0, 0, 0, big-endian length}.
void append_frame(const Chunk&, bool tty, std::string& out);

/// A hijacked connection that is attached to a process.
class RawStream {
 public:
  struct Wants {
    bool input = true;     ///< what the client sends is the process's
    bool backlog = false;  ///< what was written before is sent too
  };

  RawStream(Engine&, Client&, Process&, Wants);
  RawStream(const RawStream&) = delete;
  RawStream& operator=(const RawStream&) = delete;

  /// Relays until the process has ended and the client has left. `ended` is called where the
  /// client's end of input is the process's end.
  Task<void> run(std::function<void()> ended);

 private:
  static constexpr std::uint64_t most_unsent = 8;  // chunks

  Task<void> send_output();
  Task<void> take_input(std::function<void()> ended);
  Task<bool> take(std::string_view input);
  bool process_ended() const { return process_.exits() != exits_before_; }
  /// What came before has been sent: more input may be taken.
  bool room() const { return process_.output.end() < position_ + most_unsent; }
  bool over() const { return process_ended() || gone_ || engine_.stopping(); }

  Engine& engine_;
  Client& client_;
  Process& process_;
  Wants wants_;
  std::uint64_t position_;
  unsigned exits_before_;
  bool gone_ = false;  ///< the client
};

}  // namespace proxy::engine_stub
