// SPDX-License-Identifier: Apache-2.0
#include "proxy/client.hpp"

#include <boost/asio/buffer.hpp>

namespace proxy {
namespace {

using acl::Reason;

constexpr std::string_view head_end = "\r\n\r\n";
// Holds nearly every head, and `docker run`'s with its body; 1,000 idle clients hold 2 MiB.
constexpr std::size_t small_buffer = 2 * 1024;
constexpr std::size_t bulk = 16 * 1024;  // bodies from here on are read in large pieces
// More than heads and bodies of usual clients have; an idle connection keeps no more.
constexpr std::size_t most_fields_kept = 32, most_pieces_kept = 8;

}  // namespace

Client::Client(Socket socket, const config::Limits& limits, HeldBytes& held,
               http::HeadReader& heads, std::function<void()> on_end)
    : stream_(std::move(socket)),
      limits_(limits),
      heads_(heads),
      on_end_(std::move(on_end)),
      in_(std::min(small_buffer, limits.head_bytes),
          std::max(limits.head_bytes, BufferPool::block_size)),
      charge_(held) {}

Task<acl::Result<std::monostate, NoRequest>> Client::read_head(Deadline& deadline,
                                                               http::RequestHead& head) {
  deadline.arm(limits_.idle_time);
  forget_piece();
  narrow();
  if (head.fields.capacity() > most_fields_kept) std::vector<http::Field>().swap(head.fields);
  if (auto* tls = stream_.tls()) tls->release_buffers(true);
  while (in_.empty())
    if (!co_await more()) co_return NoRequest{.left = true};
  if (auto* tls = stream_.tls()) tls->release_buffers(false);

  deadline.arm(limits_.head_time);
  std::size_t scanned = 0;
  for (;;) {
    const auto begun = in_.data();
    const auto found = begun.find(head_end, scanned);
    if (found != begun.npos) {
      head_size_ = found + head_end.size();
      break;
    }
    scanned = begun.size() < head_end.size() ? 0 : begun.size() - head_end.size() + 1;
    if (const auto reason = http::hopeless(begun)) co_return NoRequest{.reason = *reason};
    if (const auto reason = too_long(begun)) co_return NoRequest{.reason = *reason};
    if (!co_await more())
      co_return NoRequest{.reason = deadline.expired() ? Reason::head_timeout : why_no_more()};
  }
  deadline.disarm();

  const auto bytes = in_.data().substr(0, head_size_);
  const http::HeadLimits bounds{limits_.head_bytes, limits_.head_fields, limits_.target_bytes};
  if (const auto reason = heads_.read_request(bytes, bounds, head))
    co_return NoRequest{.reason = *reason};
  co_return std::monostate{};
}

std::optional<Reason> Client::too_long(std::string_view begun) const {
  constexpr std::size_t around_target = 32;  // the method and the version
  const bool first_line = begun.find('\n') == begun.npos;
  if (first_line && begun.size() > limits_.target_bytes + around_target)
    return Reason::target_too_long;
  return begun.size() >= limits_.head_bytes ? std::optional(Reason::head_too_large) : std::nullopt;
}

void Client::consume_head(const http::RequestHead& head) {
  in_.consume(head_size_);
  framing_ = head.framing;
  remaining_ = head.length;
  piece_size_ = 0;
  if (framing_ == http::Framing::chunked) chunks_.begin();
  if (framing_ == http::Framing::chunked || remaining_ >= bulk) widen();
}

/// Where that is too much, the body is read in small pieces.
void Client::widen() {
  const auto size = std::max(in_.capacity(), BufferPool::block_size);
  if (charge_.hold(size)) in_.widen(size);
}

void Client::narrow() {
  if (reading_) return;
  in_.narrow();
  charge_.hold(in_.capacity());
  if (pieces_.capacity() > most_pieces_kept) std::vector<std::string_view>().swap(pieces_);
}

Task<acl::Result<Piece, Reason>> Client::next_piece() {
  forget_piece();
  if (framing_ == http::Framing::none) co_return Piece{.last = true};
  for (;;) {
    if (in_.empty() && !co_await more()) co_return Reason::client_left;
    auto size = std::size_t{0};
    if (framing_ == http::Framing::length) {
      piece_size_ = size =
          static_cast<std::size_t>(std::min<std::uint64_t>(in_.data().size(), remaining_));
      remaining_ -= size;
      pieces_.assign(1, in_.data().substr(0, size));
      if (remaining_ == 0) framing_ = http::Framing::none;
    } else {
      const auto progress = chunks_.feed(in_.data(), pieces_);
      if (!progress) co_return Reason::framing_chunk;
      piece_size_ = progress->consumed;
      for (const auto data : pieces_) size += data.size();
      if (progress->complete) framing_ = http::Framing::none;
    }
    const bool last = framing_ == http::Framing::none;
    if (size != 0 || last) co_return Piece{.data = pieces_, .size = size, .last = last};
    forget_piece();
  }
}

std::uint64_t Client::length_left() const {
  const bool ahead = in_.data().size() > piece_size_;
  return framing_ == http::Framing::length && !ahead && !reading_ ? remaining_ : 0;
}

void Client::moved_on(std::uint64_t size) {
  remaining_ -= size;
  if (remaining_ == 0) framing_ = http::Framing::none;
}

void Client::forget_piece() {
  in_.consume(std::exchange(piece_size_, 0));
}

Task<std::optional<Reason>> Client::read_body(std::size_t most, HeldBody& body) {
  if (framing_ == http::Framing::length && remaining_ > most) co_return Reason::body_too_large;
  const bool announced = framing_ == http::Framing::length;
  const auto longest = announced ? static_cast<std::size_t>(remaining_) : most;
  for (;;) {
    const auto piece = co_await next_piece();
    if (!piece) co_return piece.error();
    if (piece->size > most - body.text().size()) co_return Reason::body_too_large;
    for (const auto data : piece->data)
      if (!body.append(data, longest)) co_return Reason::limit_memory;
    if (piece->last) break;
  }
  forget_piece();
  co_return std::nullopt;
}

Task<std::optional<Reason>> Client::read_first(std::size_t least, HeldBody& body) {
  while (body.text().size() < least && !body_complete()) {
    const auto piece = co_await next_piece();
    if (!piece) co_return piece.error();
    for (const auto data : piece->data)
      if (!body.append(data, 0)) co_return Reason::limit_memory;
  }
  forget_piece();
  co_return std::nullopt;
}

Task<std::optional<Reason>> Client::drop_body(std::size_t most) {
  if (framing_ == http::Framing::length && remaining_ > most) co_return Reason::body_too_large;
  for (std::size_t size = 0;;) {
    const auto piece = co_await next_piece();
    if (!piece) co_return piece.error();
    if (piece->size > most - size) co_return Reason::body_too_large;
    size += piece->size;
    if (piece->last) break;
  }
  forget_piece();
  co_return std::nullopt;
}

void Client::read_ahead() {
  forget_piece();
  narrow();
  if (reading_ || end_) return;
  if (in_.full()) return look_for_end();
  start_read();
}

/// Where a read has no room, the socket's state still shows that the client leaves.
void Client::look_for_end() {
  if (stream_.hung_up())
    end_ = net::error::connection_reset;
  else if (sending_ended_ || !stream_.sending_ended())
    return;
  sending_ended_ = true;
  on_end_();
}

void Client::forget_ahead() {
  in_.consume(in_.data().size());
  narrow();
}

auto Client::read_under_way() {
  struct Wait {
    std::coroutine_handle<>& waiter;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> caller) noexcept { waiter = caller; }
    void await_resume() const noexcept {}
  };
  return Wait{waiter_};
}

Task<bool> Client::more() {
  if (end_) co_return false;
  if (!reading_) start_read();
  if (!reading_) co_return false;  // full, or it may not grow
  co_await read_under_way();
  co_return !failed_;
}

Reason Client::why_no_more() const {
  return no_room_ ? Reason::limit_memory : Reason::client_left;
}

void Client::start_read() {
  no_room_ = !charge_.hold(in_.capacity_with_room());
  if (no_room_) return;
  const auto room = in_.room();
  if (room.empty()) return;
  reading_ = true;
  stream_.async_read_some(net::buffer(room.data(), room.size()),
                          [this](error_code error, std::size_t n) {
                            reading_ = false;
                            failed_ = static_cast<bool>(error);
                            if (failed_ && error != net::error::operation_aborted)
                              end_ = error;  // a cancelled read ends nothing
                            in_.added(n);
                            if (wake() || !end_) return;
                            on_end_();
                            watch_departure();
                          });
}

/// A client that has closed its sending side may leave altogether while the engine still works.
void Client::watch_departure() {
  if (end_ != net::error::eof || !stream_.is_open()) return;
  reading_ = true;
  stream_.socket().async_wait(Socket::wait_error, [this](error_code error) {
    reading_ = false;
    if (!error) end_ = net::error::connection_reset;
    if (!wake() && !error) on_end_();
  });
}

/// Resumes whoever waits for the read that has just ended. \returns whether somebody did.
bool Client::wake() {
  if (!waiter_) return false;
  std::exchange(waiter_, {}).resume();
  return true;
}

Task<void> Client::stop_reading() {
  forget_piece();
  if (!reading_) co_return;
  stream_.cancel();
  co_await read_under_way();
}

Task<void> Client::discard(std::size_t most) {
  forget_piece();
  for (std::size_t size = 0; size <= most; in_.consume(in_.data().size())) {
    if (!co_await more()) co_return;
    size += in_.data().size();
  }
}

}  // namespace proxy
