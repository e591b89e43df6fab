// SPDX-License-Identifier: Apache-2.0
#include "proxy/upstream.hpp"

#include <sys/socket.h>

namespace proxy {

awaitable<error_code> Upstream::open(Deadline& deadline, std::chrono::milliseconds limit) {
  if (is_open()) co_return error_code{};
  used_ = false;
  deadline.arm(limit);
  auto error = co_await connect();
  // A unix listener whose backlog is full says EAGAIN at once instead of letting us wait.
  while (error == net::error::try_again && !deadline.expired()) {
    close();
    retry_.expires_after(std::chrono::milliseconds(5));
    const auto [interrupted] = co_await retry_.async_wait(as_result);
    error = interrupted ? interrupted : co_await connect();
  }
  deadline.disarm();
  if (error) close();
  co_return error;
}

awaitable<error_code> Upstream::connect() {
  const auto endpoint = endpoint_of(address_);
  if (address_.kind == config::Address::Kind::unix_socket) co_return connect_unix(endpoint);
  const auto [error] = co_await socket_.async_connect(endpoint, as_result);
  if (!error) set_no_delay(socket_);
  co_return error;
}

/// A unix socket connects at once or not at all. Not left to Asio: it takes the EAGAIN of a full
/// backlog for a connection on its way, finds the socket writable and calls it connected.
error_code Upstream::connect_unix(const Endpoint& endpoint) {
  error_code error;
  socket_.open(endpoint.protocol(), error);
  if (!error) socket_.native_non_blocking(true, error);
  if (error) return error;
  if (::connect(socket_.native_handle(), endpoint.data(),
                static_cast<socklen_t>(endpoint.size())) == 0)
    return {};
  return {errno, boost::system::system_category()};
}

void Upstream::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
  retry_.cancel();
}

void Upstream::close() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace proxy
