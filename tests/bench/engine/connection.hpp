// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tests/bench/engine/answers.hpp"
#include "tests/bench/wire/message.hpp"
#include "tests/bench/wire/poller.hpp"

namespace bench {

/// One client of the engine. Reads only when everything has been sent, so it holds at most one
/// read's worth of bytes.
class Connection {
 public:
  Connection(Descriptor socket, Poller& poller);

  /// Does what the socket is ready for. \returns whether the connection lives on.
  bool ready();
  bool wants_events() const { return after_ == Afterwards::events && unsent_.empty(); }
  /// Sends an event; one that fails is noticed when ready() is called next.
  void send_event();

 private:
  bool receive();
  bool take(std::string_view bytes);
  void begin_answer(const Answer& answer);
  bool send();
  void refill();
  void wait_for(std::uint32_t events);

  Descriptor socket_;
  Poller& poller_;
  std::uint32_t waits_for_ = EPOLLIN;
  Message request_;
  Afterwards after_ = Afterwards::next_request;
  std::string answer_;
  std::string_view unsent_;  ///< of answer_ or of a pattern
  Bulk bulk_;
};

}  // namespace bench
