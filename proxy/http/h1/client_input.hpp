// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "acl/reason.hpp"
#include "config/settings.hpp"
#include "proxy/buffer.hpp"
#include "proxy/held_bytes.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/stream.hpp"

namespace proxy::http::h1 {

/// Reads bytes from a client.
///
/// While the engine works, a read can be under way that notices at once when the client leaves. It
/// costs nothing extra, because the same read brings the next request's head.
template <class Stream>
class ClientInput {
 public:
  /// \param held is charged for a buffer that is larger than every connection may have.
  /// \param on_end called if the client's side ends while no read is awaited.
  ClientInput(Stream stream, std::size_t most, HeldBytes& held, std::function<void()> on_end)
      : stream_(std::move(stream)),
        on_end_(std::move(on_end)),
        in_(std::min(small_buffer, most), std::max(most, BufferPool::block_size)),
        charge_(held) {}
  ClientInput(const ClientInput&) = delete;
  ClientInput& operator=(const ClientInput&) = delete;

  Buffer& buffer() { return in_; }
  const Buffer& buffer() const { return in_; }
  Stream& stream() { return stream_; }
  /// Why the client's side ended; no error if it has not.
  error_code end() const { return end_; }
  /// Whether the client's side has ended, even if unread bytes come before the end.
  bool has_ended() const { return end_ || sending_ended_; }
  /// Whether the client has left. One that has only closed its sending side waits for its answer.
  bool is_gone() const { return end_ && (end_ != net::error::eof || stream_.hung_up()); }
  bool reading() const { return reading_; }
  /// The engine does not ask how a client cuts its chunks.
  static constexpr std::size_t longest_chunk() { return 0; }

  /// Waits for more bytes. \returns false if none arrive.
  Task<bool> more() {
    if (end_) co_return false;
    if (!reading_) start_read();
    if (!reading_) co_return false;  // the buffer is full or must not grow
    co_await read_ended_;
    co_return !failed_;
  }
  acl::Reason why_no_more() const {
    return no_room_ ? acl::Reason::limit_memory : acl::Reason::client_left;
  }

  /// Starts a read, unless one is under way, to notice when the client leaves. If the buffer is
  /// full, checks the socket instead. To be called between bodies, and repeatedly, because incoming
  /// bytes end a read. Frees nearly all memory, since the wait will be long.
  void read_ahead() {
    if (reading_ || end_) return;
    narrow_to(buffer_for_waiting);
    if (in_.full()) return look_for_end();
    start_read();
  }
  /// Checks, in the middle of a body that is not read at the moment, whether the rest can still
  /// come.
  /// \param missing at least so many bytes of the body have not been read yet
  void look_for_break(std::uint64_t missing) {
    if (reading_ || end_) return;
    const bool cut_short = stream_.sending_ended() && stream_.unread_at_most() < missing;
    if (!cut_short && !stream_.hung_up()) return;
    end_ = net::error::connection_reset;
    on_end_();
  }
  /// Stops reading ahead and waits until no read is under way. Bytes that arrived stay in buffer().
  Task<void> stop_reading() {
    if (!reading_) co_return;
    stream_.cancel();
    co_await read_ended_;
  }
  /// Discards what was read ahead, after the caller has used it. Nothing more will be read here.
  void forget_ahead() {
    in_.consume(in_.data().size());
    if (!reading_) narrow_to(buffer_for_waiting);
  }

 protected:
  /// Makes room for a bulk body. If that exceeds a limit, the body is read in small pieces. Not
  /// while a read is under way: it writes into the memory that this would replace.
  void widen() {
    if (reading_) return;
    const auto size = std::max(in_.capacity(), BufferPool::block_size);
    if (charge_.hold(size)) in_.widen(size);
  }
  void narrow() {
    if (!reading_) narrow_to(small_buffer);
  }

 private:
  static constexpr std::size_t buffer_for_waiting = 256;
  // Large enough for nearly every head, and for `docker run`'s create with its body. 1,000 idle
  // clients hold 2 MiB.
  static constexpr std::size_t small_buffer = std::size_t{2} * 1024;

  void narrow_to(std::size_t size) {
    in_.narrow_to(size);
    charge_.hold(in_.capacity());
  }

  void start_read() {
    no_room_ = !charge_.hold(in_.capacity_with_room());
    if (no_room_) return;
    const auto room = in_.room();
    if (room.empty()) return;
    reading_ = true;
    stream_.async_read_some(net::buffer(room.data(), room.size()),
                            [this](error_code error, std::size_t n) { on_read(error, n); });
  }

  void on_read(error_code error, std::size_t n) {
    reading_ = false;
    failed_ = static_cast<bool>(error);
    if (failed_ && error != net::error::operation_aborted)
      end_ = error;  // cancelling a read does not end the connection
    in_.added(n);
    if (read_ended_.awaited()) return read_ended_.give();
    if (!end_) return;
    on_end_();
    watch_departure();
  }

  /// Watches a client that has closed its sending side: it may still leave altogether.
  void watch_departure() {
    if (end_ != net::error::eof || !stream_.is_open()) return;
    reading_ = true;
    stream_.async_wait_for_hang_up([this](error_code error) {
      reading_ = false;
      if (!error) end_ = net::error::connection_reset;
      if (read_ended_.awaited()) return read_ended_.give();
      if (!error) on_end_();
    });
  }

  /// Checks the socket's state, which shows that the client leaves even if nothing can be read.
  void look_for_end() {
    if (stream_.hung_up())
      end_ = net::error::connection_reset;
    else if (sending_ended_ || !stream_.sending_ended())
      return;
    sending_ended_ = true;
    on_end_();
  }

  mutable Stream stream_;  // its state can be asked for at any time
  std::function<void()> on_end_;
  Buffer in_;
  Charge charge_;  ///< for the memory of in_
  error_code end_;
  bool sending_ended_ = false;  ///< the peer will send nothing more
  bool reading_ = false;
  bool failed_ = false;   ///< the last read failed
  bool no_room_ = false;  ///< a memory limit keeps in_ from growing
  Signal read_ended_;
};

/// The parts of Connection that are specific to clients.
struct ClientRole {
  using Head = RequestHead;
  template <class Stream>
  using Input = ClientInput<Stream>;
  static constexpr acl::Reason bad_body = acl::Reason::framing_chunk;
  HeadReader& heads;

  /// Checks whether an incomplete head can still become valid. \returns why it cannot.
  /// \param seen how many of the bytes an earlier call has seen
  std::optional<acl::Reason> hopeless(std::string_view begun, std::size_t seen,
                                      const config::Limits&) const;
  /// Checks and reads a complete head. \returns why it is refused.
  std::optional<acl::Reason> read(std::string_view bytes, const config::Limits&, Head&) const;
};

}  // namespace proxy::http::h1
