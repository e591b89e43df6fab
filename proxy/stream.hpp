// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <boost/asio/compose.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "proxy/socket.hpp"
#include "tls/stream.hpp"

namespace proxy {

class Write;

/// A connection to a client or the engine: a plain socket, or TLS over one. Models Asio's stream
/// concepts; for plain sockets this costs one branch.
class Stream {
 public:
  using executor_type = Socket::executor_type;

  explicit Stream(Socket socket) : socket_(std::move(socket)) {}
  explicit Stream(net::io_context& loop) : socket_(loop) {}
  Stream(Stream&&) noexcept = default;
  Stream& operator=(Stream&&) noexcept = default;

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }
  bool is_open() const { return socket_.is_open(); }

  /// Switches to TLS; a handshake must follow.
  void secure(std::shared_ptr<const tls::Context>);
  /// Null if the connection is plain.
  tls::Stream* tls() { return secured_ ? &secured_->stream : nullptr; }
  /// \returns false if it was cancelled or failed; tls()->failure() says why.
  Task<bool> handshake();

  /// Writes all of `pieces` and modifies them. `auto [error, n] = co_await stream.write(pieces);`
  Write write(std::span<net::const_buffer> pieces);
  Write write(std::string_view bytes);

  /// For Write: sends what can be sent without waiting. \returns its size; removes it from
  /// `pieces`.
  std::size_t write_now(std::span<net::const_buffer>& pieces, error_code&);
  /// For Write: a message has ended in its middle. What followed would be taken for its rest, so
  /// every later write fails.
  void break_message() { message_broken_ = true; }
  /// For Write: how much the socket has taken so far; TLS may still hold some of it.
  std::uint64_t sent() const { return secured_ ? secured_->stream.sent() : 0; }

  template <class Token>
  auto async_read_some(net::mutable_buffer room, Token&& token) {
    const auto begin = [this](auto handler, net::mutable_buffer into) {
      if (!secured_) return socket_.async_read_some(into, std::move(handler));
      const auto attempt = [this, into] {
        return secured_->stream.read({static_cast<char*>(into.data()), into.size()});
      };
      drive(attempt, handler);
    };
    return net::async_initiate<Token, void(error_code, std::size_t)>(begin, token, room);
  }

  /// Waits until there is something to read, which may be the end.
  template <class Token>
  auto async_wait_readable(Token&& token) {
    const auto begin = [this](auto handler) {
      if (!secured_) return socket_.async_wait(Socket::wait_read, std::move(handler));
      auto told = [handler = std::move(handler)](error_code error, std::size_t) mutable {
        std::move(handler)(error);
      };
      const auto attempt = [this] { return secured_->stream.peek(); };
      drive(attempt, told);
    };
    return net::async_initiate<Token, void(error_code)>(begin, token);
  }

  /// For Write: sends the rest as the peer reads. Asio's own write does not work here: TLS must be
  /// given the same bytes again, but Asio may split many pieces differently.
  template <class Token>
  auto async_write_rest(std::span<net::const_buffer>& pieces, std::size_t& written, Token&& token) {
    const auto begin = [this, &pieces, &written](auto handler) {
      if (!secured_) return net::async_write(socket_, pieces, std::move(handler));
      const auto attempt = [this, &pieces, &written] { return write_secured(pieces, written); };
      drive(attempt, handler);
    };
    return net::async_initiate<Token, void(error_code, std::size_t)>(begin, token);
  }

  /// Closes the sending side; what the peer sends can still be read. Over TLS this sends a record,
  /// which may have to wait until the peer reads. No write may be under way.
  Task<void> end_sending();
  /// The same without waiting: over TLS the record is lost if it cannot be sent at once.
  void shutdown_send();
  /// Whether the peer has closed altogether, not only its sending side. Known at once on Unix
  /// sockets; on TCP only after a reset.
  bool hung_up();
  /// Waits until hung_up() is true.
  template <class Token>
  auto async_wait_for_hang_up(Token&& token) {
    return socket_.async_wait(Socket::wait_error, std::forward<Token>(token));
  }
  /// Whether the peer will send nothing more, even if some bytes are still unread.
  bool sending_ended();
  /// Not more bytes than this have arrived and are still to be read.
  std::size_t unread_at_most();
  /// The number of bytes that were written and that the peer has not taken; changes while it reads.
  int unsent();
  /// Whether data or the end has arrived. An idle connection to the engine in this state can no
  /// longer carry a request.
  bool readable();
  /// Resets the connection, so that an answer which only the connection's end delimits does not
  /// look complete.
  void break_off();
  void close();
  /// Ends what is under way; a later operation is not affected.
  void cancel();
  /// Closes both directions, so that what is under way and all later operations end. Bytes that
  /// have been written still arrive.
  void cut();

 private:
  struct Secured {
    tls::Stream stream;
    std::string gathered;  ///< small pieces that are sent as one record
  };

  /// The bytes to write next: whole records of the first piece, or several small pieces together. A
  /// head and a short body in two records would cost the peer two reads, and us half as much CPU
  /// again.
  std::string_view gather(std::span<const net::const_buffer> pieces);

  /// Repeats an attempt until TLS wants neither to read nor to write.
  template <class Attempt>
  struct Attempts {
    Stream& stream;
    Attempt attempt;
    tls::Step step{};
    error_code result{};
    enum class Phase : std::uint8_t { begun, waiting, over } phase = Phase::begun;

    template <class Self>
    void operator()(Self& self, error_code error = {}, std::size_t = 0) {
      if (phase == Phase::over) return self.complete(result, step.bytes);
      // Closed meanwhile: another connection may have the descriptor's number by now.
      if (!error && !stream.is_open()) error = net::error::operation_aborted;
      if (!error) step = attempt();
      if (!error && tls::waits(step)) return wait(self);
      result = error ? error : stream.result_of(step);
      // An operation must not complete inside the call that begins it.
      const bool at_once = phase == Phase::begun;
      phase = Phase::over;
      if (!at_once) return self.complete(result, step.bytes);
      net::post(stream.get_executor(), std::move(self));
    }

    template <class Self>
    void wait(Self& self) {
      phase = Phase::waiting;
      const bool reads = step.progress == tls::Progress::want_read;
      stream.socket_.async_wait(reads ? Socket::wait_read : Socket::wait_write, std::move(self));
    }
  };

  template <class Attempt, class Token>
  auto drive(Attempt attempt, Token& token) {
    return net::async_compose<Token, void(error_code, std::size_t)>(
        Attempts<Attempt>{*this, attempt}, token, socket_);
  }

  error_code write_plain(std::span<net::const_buffer>& pieces, std::size_t& written);
  tls::Step write_secured(std::span<net::const_buffer>& pieces, std::size_t& written);

  static error_code result_of(const tls::Step&);

  static constexpr std::size_t record_bytes = 16 * 1024;  // the largest in TLS

  Socket socket_;
  std::unique_ptr<Secured> secured_;
  bool message_broken_ = false;
};

/// Sends a message: what the socket takes at once, and the rest as the peer reads. Nearly always
/// the socket takes all of it, and nothing waits.
class [[nodiscard]] Write {
 public:
  Write(Stream& stream, std::span<net::const_buffer> pieces)
      : stream_(stream), pieces_(pieces), sent_before_(stream.sent()) {}
  Write(Stream& stream, std::string_view bytes)
      : stream_(stream),
        one_(bytes.data(), bytes.size()),
        pieces_(&one_, 1),
        sent_before_(stream.sent()) {}
  Write(const Write&) = delete;
  Write& operator=(const Write&) = delete;

  bool await_ready() {
    written_ = stream_.write_now(pieces_, error_);
    return error_ || pieces_.empty();
  }
  template <class Caller>
  void await_suspend(std::coroutine_handle<Caller> caller) {
    rest_.emplace(stream_.async_write_rest(pieces_, written_, as_result)).await_suspend(caller);
  }
  /// After a failure, a size of 0 means that the peer has seen nothing of the message.
  std::pair<error_code, std::size_t> await_resume() {
    if (!rest_) return outcome(error_, written_);
    const auto [error, n] = rest_->await_resume();
    return outcome(error, written_ + n);
  }

 private:
  using Pieces = std::span<net::const_buffer>;
  using Rest = decltype(std::declval<Stream&>().async_write_rest(
      std::declval<Pieces&>(), std::declval<std::size_t&>(), as_result));

  std::pair<error_code, std::size_t> outcome(error_code error, std::size_t size) {
    if (!error) return {error, size};
    // What TLS has taken it sends with the next message, even if the peer has seen nothing of it.
    const bool is_secured = stream_.tls() != nullptr;
    if (is_secured || size != 0) stream_.break_message();
    if (!is_secured) return {error, size};
    return {error, stream_.sent() == sent_before_ ? 0 : std::max(size, std::size_t{1})};
  }

  Stream& stream_;
  net::const_buffer one_;
  std::span<net::const_buffer> pieces_;
  std::uint64_t sent_before_;
  std::size_t written_ = 0;
  error_code error_;
  std::optional<Rest> rest_;
};

inline Write Stream::write(std::span<net::const_buffer> pieces) {
  return {*this, pieces};
}

inline Write Stream::write(std::string_view bytes) {
  return {*this, bytes};
}

}  // namespace proxy
