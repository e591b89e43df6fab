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

/// Connections to the engine whose client has gone, kept for a moment for the same client's next
/// connection: each `docker` command makes one of its own. Never another client's, so that no
/// answer can reach anybody but who asked.
class Spares {
 public:
  Spares(net::io_context& loop, const config::Limits& limits) : limits_(limits), timer_(loop) {}

  /// Keeps a connection between two answers; the oldest makes room for it.
  void keep(Stream, const acl::Identity&);
  /// \returns the newest of this client's.
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
