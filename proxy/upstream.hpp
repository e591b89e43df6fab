// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>

#include "config/address.hpp"
#include "proxy/deadline.hpp"
#include "proxy/socket.hpp"

namespace proxy {

/// A session's own connection to the engine: opened when first needed, kept for the same client,
/// never shared. So no answer can reach another client, and there is no pool to tune.
class Upstream {
 public:
  Upstream(net::io_context& loop, const config::Address& address)
      : address_(address), socket_(loop), retry_(loop) {}

  /// Opens a connection, waiting at most `limit`. Does nothing where one is open.
  awaitable<error_code> open(Deadline&, std::chrono::milliseconds limit);
  bool is_open() const { return socket_.is_open(); }

  /// The open connection has already carried an answer.
  bool used() const { return used_; }
  void mark_used() { used_ = true; }

  /// Makes what waits for the engine end at once.
  void cancel();
  void close();

  Socket& socket() { return socket_; }

 private:
  awaitable<error_code> connect();
  error_code connect_unix(const Endpoint&);

  const config::Address& address_;
  Socket socket_;
  net::steady_timer retry_;
  bool used_ = false;
};

}  // namespace proxy
