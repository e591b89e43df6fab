// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "acl/reason.hpp"
#include "acl/result.hpp"
#include "config/settings.hpp"
#include "proxy/buffer.hpp"
#include "proxy/deadline.hpp"
#include "proxy/held_body.hpp"
#include "proxy/http/chunks.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/stream.hpp"

namespace proxy {

/// Why no request came.
struct NoRequest {
  bool left = false;  ///< the client went away between requests: nothing to answer or to record
  acl::Reason reason = acl::Reason::head_malformed;
};

/// Payload of a body as it came in one go. Valid until the next call on the Client.
struct Piece {
  std::span<const std::string_view> data;
  std::size_t size = 0;
  bool last = false;
};

/// The client's side of a session: reads requests and keeps what was read ahead.
///
/// While the engine works, a read is under way that notices the client's leaving at once. It costs
/// nothing extra: the same read brings the next request's head.
class Client {
 public:
  /// `on_end` is called when the client's side ends while nobody waits for its bytes. `held` counts
  /// what the buffer has beyond what every connection may have.
  Client(Socket, const config::Limits&, HeldBytes& held, http::HeadReader&,
         std::function<void()> on_end);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Waits for a request and reads its head, within idle_time and head_time. The views of `head`
  /// are valid until consume_head().
  Task<acl::Result<std::monostate, NoRequest>> read_head(Deadline&, http::RequestHead& head);
  /// Forgets the head's bytes and gets ready for the body that it announces.
  void consume_head(const http::RequestHead&);

  /// Brings the next piece of the body; waits without a limit of its own.
  Task<acl::Result<Piece, acl::Reason>> next_piece();
  /// Reads what is left of the body into `body`, up to `most` bytes, without a time limit of its
  /// own. \returns why it is not there.
  Task<std::optional<acl::Reason>> read_body(std::size_t most, HeldBody& body);
  /// The same of the body's beginning: at least `least` bytes, or all of a shorter one, and at most
  /// a buffer's worth more.
  Task<std::optional<acl::Reason>> read_first(std::size_t least, HeldBody& body);
  /// Reads what is left of the body, up to `most` bytes, and keeps nothing of it.
  Task<std::optional<acl::Reason>> drop_body(std::size_t most);
  /// Nothing of the body is still to come.
  bool body_complete() const { return framing_ == http::Framing::none; }
  /// Of a body with a length: what is still to come, where all that has come was used. Whoever
  /// moves it past this class says so.
  std::uint64_t length_left() const;
  void moved_on(std::uint64_t size);
  /// The last piece has been used: what follows in the buffer is not its part.
  void forget_piece();
  /// Bytes of the body are here already, so the client does not wait for a 100 (Continue).
  bool body_begun() const { return !in_.empty(); }

  /// Starts reading ahead unless a read is under way; where the buffer is full, looks whether the
  /// client has left. Only between bodies; from time to time, as what comes may end a read. The
  /// wait will be long: what a large message needed is given back.
  void read_ahead();
  /// Stops reading ahead and waits until no read is under way. What came stays in buffer().
  Task<void> stop_reading();
  /// Reads and forgets until the client's end, an error, or more than `most` bytes.
  Task<void> discard(std::size_t most);

  /// All that was read ahead has been used by somebody else, and nothing will be read here.
  void forget_ahead();

  Buffer& buffer() { return in_; }
  Stream& stream() { return stream_; }
  /// Why the client's side ended; no error while it has not.
  error_code end() const { return end_; }
  /// The same, also where bytes that nobody has read yet come before the end.
  bool has_ended() const { return end_ || sending_ended_; }

 private:
  Task<bool> more();
  acl::Reason why_no_more() const;
  void start_read();
  void widen();
  void narrow();
  void look_for_end();
  void watch_departure();
  bool wake();
  auto read_under_way();
  std::optional<acl::Reason> too_long(std::string_view begun) const;

  Stream stream_;
  const config::Limits& limits_;
  http::HeadReader& heads_;
  std::function<void()> on_end_;
  Buffer in_;
  Charge charge_;  ///< for in_
  http::Chunks chunks_;
  error_code end_;
  bool sending_ended_ = false;  ///< the peer will send no more than has arrived
  bool reading_ = false;
  bool failed_ = false;             ///< the last read brought nothing
  bool no_room_ = false;            ///< in_ may not grow
  std::coroutine_handle<> waiter_;  ///< for the end of the read under way

  std::size_t head_size_ = 0;
  http::Framing framing_ = http::Framing::none;  ///< of what is left of the body
  std::uint64_t remaining_ = 0;
  std::size_t piece_size_ = 0;  ///< bytes of in_ under the last piece
  std::vector<std::string_view> pieces_;
};

}  // namespace proxy
