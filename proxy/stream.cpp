// SPDX-License-Identifier: Apache-2.0
#include "proxy/stream.hpp"

#include <sys/socket.h>

#include <array>

namespace proxy {
namespace {

void drop(std::size_t size, std::span<net::const_buffer>& pieces) {
  while (!pieces.empty() && size >= pieces.front().size()) {
    size -= pieces.front().size();
    pieces = pieces.subspan(1);
  }
  if (size != 0) pieces.front() += size;
}

constexpr int at_once = MSG_NOSIGNAL | MSG_DONTWAIT;

ssize_t send_pieces(int socket, std::span<const net::const_buffer> pieces) {
  std::array<iovec, 64> vectors;
  const auto count = std::min(pieces.size(), vectors.size());
  const auto vector_of = [](const net::const_buffer& piece) {
    return iovec{const_cast<void*>(piece.data()), piece.size()};  // sendmsg() only reads it
  };
  std::ranges::transform(pieces.first(count), vectors.begin(), vector_of);
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  return ::sendmsg(socket, &message, at_once);
}

/// Tries to send at once. Heads and small bodies are joined first, since vectors cost 0.3 of
/// the 2.4 us that sendmsg() takes for two pieces on a Unix socket.
ssize_t send_some(int socket, std::span<const net::const_buffer> pieces) {
  if (pieces.size() == 1) return ::send(socket, pieces[0].data(), pieces[0].size(), at_once);
  std::array<char, 2048> together;
  const auto size = net::buffer_size(pieces);
  if (size > together.size()) return send_pieces(socket, pieces);
  net::buffer_copy(net::buffer(together), pieces);
  return ::send(socket, together.data(), size, at_once);
}

}  // namespace

void Stream::secure(std::shared_ptr<const tls::Context> context) {
  error_code ignored;
  socket_.native_non_blocking(true, ignored);
  secured_ = std::make_unique<Secured>(
      Secured{tls::Stream(std::move(context), socket_.native_handle()), {}});
}

Task<bool> Stream::handshake() {
  const auto attempt = [this] { return secured_->stream.handshake(); };
  const auto [error, n] = co_await drive(attempt, as_result);
  co_return !error;
}

std::size_t Stream::write_now(std::span<net::const_buffer>& pieces, error_code& error) {
  std::size_t written = 0;
  drop(0, pieces);
  if (pieces.empty()) return 0;
  if (message_broken_) {
    error = net::error::broken_pipe;
    return 0;
  }
  error = secured_ ? result_of(write_secured(pieces, written)) : write_plain(pieces, written);
  if (error == net::error::would_block) error = {};
  return written;
}

error_code Stream::write_plain(std::span<net::const_buffer>& pieces, std::size_t& written) {
  const auto n = send_some(socket_.native_handle(), pieces);
  if (n < 0) return {errno, boost::system::system_category()};
  written = static_cast<std::size_t>(n);
  drop(written, pieces);
  return {};
}

tls::Step Stream::write_secured(std::span<net::const_buffer>& pieces, std::size_t& written) {
  while (!pieces.empty()) {
    const auto bytes = gather(pieces);
    const auto step = secured_->stream.write(bytes, bytes.size() < net::buffer_size(pieces));
    if (step.progress != tls::Progress::done) return step;
    written += step.bytes;
    drop(step.bytes, pieces);
  }
  return {tls::Progress::done};
}

std::string_view Stream::gather(std::span<const net::const_buffer> pieces) {
  const auto view = [](const net::const_buffer& piece) {
    return std::string_view(static_cast<const char*>(piece.data()), piece.size());
  };
  const auto first = view(pieces.front());
  if (pieces.size() == 1) return first;
  if (first.size() >= record_bytes)
    return first.substr(0, first.size() - first.size() % record_bytes);
  auto& together = secured_->gathered;
  together.clear();
  for (const auto& piece : pieces) {
    together.append(view(piece).substr(0, record_bytes - together.size()));
    if (together.size() == record_bytes) break;
  }
  return together;
}

Task<void> Stream::end_sending() {
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

bool Stream::sending_ended() {
  return proxy::sending_ended(socket_);
}

std::size_t Stream::unread_at_most() {
  constexpr std::size_t inside_tls = 2 * tls::Wire::block_size;
  error_code ignored;
  return socket_.available(ignored) + (secured_ ? inside_tls : 0);
}

int Stream::unsent() {
  return proxy::unsent(socket_);
}

bool Stream::readable() {
  return secured_ ? secured_->stream.readable() : proxy::readable(socket_);
}

void Stream::break_off() {
  proxy::break_off(socket_);
}

void Stream::close() {
  message_broken_ = false;
  error_code ignored;
  socket_.close(ignored);
}

void Stream::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

void Stream::cut() {
  error_code ignored;
  socket_.shutdown(Socket::shutdown_both, ignored);
}

error_code Stream::result_of(const tls::Step& step) {
  if (step.progress == tls::Progress::done) return {};
  if (step.progress == tls::Progress::end) return net::error::eof;
  if (tls::waits(step)) return net::error::would_block;
  return net::error::connection_reset;
}

}  // namespace proxy
