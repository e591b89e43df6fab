// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/stream.hpp"

namespace proxy {

/// The script of a peer. Each read returns the next of `reads`; after the last one it fails with
/// `end`, or waits if `end` is no error. The call number `fails_at`, counting reads and writes from
/// 1, fails with `failure`; a failing write takes `taken` bytes first.
struct Script {
  std::vector<std::string> reads;
  error_code end = net::error::eof;
  std::size_t fails_at = 0;
  error_code failure = net::error::connection_reset;
  std::size_t taken = 0;
};

/// A scripted peer in place of a Stream. Each operation takes one turn of the loop.
class ScriptedStream {
 public:
  ScriptedStream(net::io_context& loop, Script script) : loop_(&loop), script_(std::move(script)) {}

  // The interface of Stream.

  tls::Stream* tls() { return nullptr; }
  bool is_open() const { return true; }
  bool hung_up() const { return hung_up_; }
  bool sending_ended() const { return sending_ended_; }
  std::size_t unread_at_most() const {
    std::size_t size = 0;
    for (auto at = next_; at < script_.reads.size(); ++at) size += script_.reads[at].size();
    return size;
  }
  int unsent() const { return unsent_; }
  void cancel() {
    if (!waiting_) return;
    net::post(*loop_, [waiting = std::exchange(waiting_, {})] {
      waiting(net::error::operation_aborted, 0);
    });
  }

  void cut() {
    cut_ = true;
    if (waiting_) net::post(*loop_, [this] { std::exchange(waiting_, {})(net::error::eof, 0); });
  }
  Task<void> end_sending() {
    ended_ = true;
    co_return;
  }

  template <class Token>
  auto async_read_some(net::mutable_buffer room, Token&& token) {
    const auto begin = [this](auto handler, net::mutable_buffer into) {
      this->keep(std::move(handler));
      this->read_into(into);
    };
    return net::async_initiate<Token, void(error_code, std::size_t)>(begin, token, room);
  }

  /// Ends at once: what the script has for the next read shows then.
  template <class Token>
  auto async_wait_readable(Token&& token) {
    const auto begin = [this](auto handler) {
      this->keep([handler = std::move(handler)](error_code error, std::size_t) mutable {
        handler(error);
      });
      net::post(*loop_, [this] { this->wake(); });
    };
    return net::async_initiate<Token, void(error_code)>(begin, token);
  }

  template <class Token>
  auto async_wait_for_hang_up(Token&& token) {
    const auto begin = [this](auto handler) {
      this->keep([handler = std::move(handler)](error_code error, std::size_t) mutable {
        handler(error);
      });
      if (cut_) this->cut();
    };
    return net::async_initiate<Token, void(error_code)>(begin, token);
  }

  struct Write {
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> caller) {
      net::post(loop, [caller] { caller.resume(); });
    }
    std::pair<error_code, std::size_t> await_resume() const { return result; }
    net::io_context& loop;
    std::pair<error_code, std::size_t> result;
  };
  Write write(std::span<net::const_buffer> pieces) {
    std::string all(net::buffer_size(pieces), '\0');
    net::buffer_copy(net::buffer(all), pieces);
    const bool fails = ++calls_ == script_.fails_at || cut_;
    if (fails) all.resize(std::min(all.size(), script_.taken));
    written_ += all;
    return {*loop_, {fails ? script_.failure : error_code(), all.size()}};
  }

  Write write(std::string_view bytes) {
    net::const_buffer piece(bytes.data(), bytes.size());
    return write(std::span(&piece, 1));
  }

  // For tests.

  const std::string& written() const { return written_; }
  std::size_t calls() const { return calls_; }
  /// Whether a read or a wait is under way that the script does not end.
  bool waited_for() const { return static_cast<bool>(waiting_); }
  /// Ends that read or wait.
  void wake(error_code error = {}) { std::exchange(waiting_, {})(error, 0); }
  void hang_up() { hung_up_ = sending_ended_ = true; }
  void takes_all_but(int unsent) { unsent_ = unsent; }
  void peer_ends_sending() { sending_ended_ = true; }
  bool is_cut() const { return cut_; }
  bool has_ended() const { return ended_; }

 private:
  template <class Handler>
  void keep(Handler handler) {
    const auto kept = std::make_shared<Handler>(std::move(handler));
    waiting_ = [kept](error_code error, std::size_t n) { (*kept)(error, n); };
  }

  void read_into(net::mutable_buffer room) {
    error_code error;
    std::size_t size = 0;
    if (cut_)
      error = net::error::eof;
    else if (++calls_ == script_.fails_at)
      error = script_.failure;
    else if (next_ == script_.reads.size())
      error = script_.end;
    else
      size = take(room);
    if (!error && size == 0) return;  // silence
    net::post(*loop_, [this, error, size] { std::exchange(waiting_, {})(error, size); });
  }

  std::size_t take(net::mutable_buffer room) {
    auto& text = script_.reads[next_];
    const auto size = std::min(text.size(), room.size());
    std::memcpy(room.data(), text.data(), size);
    text.erase(0, size);
    if (text.empty()) ++next_;
    return size;
  }

  net::io_context* loop_;
  Script script_;
  std::size_t next_ = 0, calls_ = 0;
  bool hung_up_ = false, sending_ended_ = false, cut_ = false, ended_ = false;
  int unsent_ = 0;
  std::string written_;
  std::function<void(error_code, std::size_t)> waiting_;
};

/// Splits `text` into reads of `size` bytes.
inline std::vector<std::string> in_pieces(std::string_view text, std::size_t size) {
  std::vector<std::string> pieces;
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size())))
    pieces.emplace_back(text.substr(0, size));
  return pieces;
}

}  // namespace proxy
