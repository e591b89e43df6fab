// SPDX-License-Identifier: Apache-2.0
#include "proxy/stream.hpp"

namespace proxy {

void Stream::secure(std::shared_ptr<const tls::Context> context) {
  error_code ignored;
  socket_.native_non_blocking(true, ignored);
  secured_ = std::make_unique<Secured>(
      Secured{tls::Stream(std::move(context), socket_.native_handle()), {}});
}

awaitable<bool> Stream::handshake() {
  const auto attempt = [this] { return secured_->stream.handshake(); };
  const auto [error, n] = co_await drive(attempt, as_result);
  co_return !error;
}

awaitable<void> Stream::end_sending() {
  if (!secured_) {
    shutdown_send();
    co_return;
  }
  const auto attempt = [this] { return secured_->stream.shutdown_send(); };
  co_await drive(attempt, as_result);
}

void Stream::shutdown_send() {
  if (!is_open()) return;
  if (secured_) {
    secured_->stream.shutdown_send();
    return;
  }
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

bool Stream::hung_up() {
  return proxy::hung_up(socket_);
}

bool Stream::readable() {
  return secured_ ? secured_->stream.readable() : proxy::readable(socket_);
}

void Stream::break_off() {
  proxy::break_off(socket_);
}

void Stream::close() {
  error_code ignored;
  socket_.close(ignored);
}

void Stream::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

error_code Stream::result_of(const tls::Step& step) {
  if (step.progress == tls::Progress::done) return {};
  if (step.progress == tls::Progress::end) return net::error::eof;
  return net::error::connection_reset;
}

}  // namespace proxy
