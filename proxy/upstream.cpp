// SPDX-License-Identifier: Apache-2.0
#include "proxy/upstream.hpp"

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
  const auto [error] = co_await socket_.async_connect(endpoint_of(address_), as_result);
  if (!error) set_no_delay(socket_);
  co_return error;
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
