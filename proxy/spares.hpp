// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>
#include <vector>

#include "acl/identity.hpp"
#include "config/settings.hpp"
#include "proxy/stream.hpp"

namespace proxy {

/// Connections to the engine that are kept for a moment after their client has left, for the same
/// client's next connection: each `docker` command opens a new one. They never serve another
/// client, so no answer can reach anyone but the client that asked.
class Spares {
 public:
  Spares(net::io_context& loop, const config::Limits& limits) : limits_(limits), timer_(loop) {}

  /// Keeps a connection that is between two answers; if there are too many, closes the oldest.
  void keep(Stream, const acl::Identity&);
  /// \returns this client's newest connection, if there is one.
  std::optional<Stream> take(const acl::Identity&);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  struct Spare {
    Stream stream;
    acl::Identity client;
    Clock::time_point due;
  };

  void wait();

  const config::Limits& limits_;
  net::steady_timer timer_;
  bool waiting_ = false;
  std::vector<Spare> kept_;  ///< the oldest first
};

}  // namespace proxy
