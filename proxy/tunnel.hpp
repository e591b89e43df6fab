// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "proxy/means.hpp"

namespace proxy {

/// Copies raw bytes both ways after an upgrade. Each direction ends separately, and its end is
/// passed on: `echo x | docker exec -i …` closes its sending side and expects the rest of the
/// output. A side that breaks off ends both.
/// \tparam Client what has been read from the client, and its stream
template <class Client, class Stream>
class Tunnel {
 public:
  Tunnel(Client& client, Stream& upstream, const Means& means)
      : client_(client), upstream_(upstream), means_(means) {}

  /// Returns when both directions have ended.
  /// \param behind_head bytes that the engine sent right after its head.
  Task<void> run(LeasedBuffer& behind_head) {
    co_await client_.stop_reading();
    means_.deadline.arm(means_.limits.tunnel_idle_time);
    co_await both(pump_to_upstream(), pump_to_client(behind_head));
  }

  /// Looks, while the engine does not read, whether the client has left: nobody reads from it then.
  /// What it has sent before is for the engine as long as it reads. To be called repeatedly.
  void look_out() {
    const auto left = upstream_.unsent();
    const bool stuck = left == unsent_ && from_client_ == sent_;
    unsent_ = left;
    sent_ = from_client_;
    if (stuck && client_.stream().hung_up()) stop();
  }

  /// Whether the engine's side has ended, so that only the client still has to close.
  bool upstream_done() const { return upstream_done_; }
  /// Whether the client ended its side without TLS's close_notify while the engine still listened.
  bool ended_without_notice() const { return ended_without_notice_; }
  std::uint64_t from_client() const { return from_client_; }
  std::uint64_t from_upstream() const { return from_upstream_; }

 private:
  /// How one direction ended.
  enum class End : std::uint8_t {
    complete,  ///< the source has ended, and the sink has everything
    broken,    ///< the source broke off
    refused,   ///< the sink does not take more
  };

  Task<void> pump_to_upstream() {
    const auto end = co_await carry_input();
    if (end == End::broken) co_return stop();
    if (end == End::complete) {
      note_notice();
      co_await upstream_.end_sending();
    }
    client_done_ = true;
    if (upstream_done_) co_return;
    // A client that has only closed its sending side, or whose input the engine no longer takes,
    // still waits for output.
    co_await client_.stream().async_wait_for_hang_up(as_result);
    stop();
  }

  Task<void> pump_to_client(LeasedBuffer& behind_head) {
    auto end = co_await send(client_.stream(), behind_head.data(), from_upstream_);
    behind_head.give_back();
    if (end == End::complete) end = co_await pump(upstream_, client_.stream(), from_upstream_);
    upstream_done_ = true;
    if (end != End::complete) co_return stop();
    // The engine closes when the exec ends, but `docker exec -i` keeps stdin open until it sees our
    // end. Pass the end on and give the client time; closing at once would drop output in flight.
    means_.deadline.arm(means_.limits.stall_time);
    co_await client_.stream().end_sending();
    means_.deadline.arm(means_.limits.tunnel_linger_time);
    if (client_done_ || client_.stream().hung_up()) stop();
  }

  /// Bytes that the client sent right after its request come first.
  Task<End> carry_input() {
    const auto ahead = co_await send(upstream_, client_.buffer().data(), from_client_);
    client_.forget_ahead();
    if (ahead == End::refused) co_return ahead;
    if (client_.end()) co_return end_of(client_.end());
    co_return co_await pump(client_.stream(), upstream_, from_client_);
  }

  /// Copies one direction. While it waits it holds only a small buffer, since most streams are
  /// silent most of the time.
  Task<End> pump(Stream& from, Stream& to, std::uint64_t& count) {
    BufferPool::Lease lease(means_.buffers, BufferPool::little);
    for (;;) {
      const auto room = lease.bytes();
      const auto [error, n] =
          co_await from.async_read_some(net::buffer(room.data(), room.size()), as_result);
      if (error) co_return end_of(error);
      progress();
      if (co_await send(to, {room.data(), n}, count) == End::refused) co_return End::refused;
      if (n <= BufferPool::little && n < room.size()) lease.shrink();
      if (n < room.size()) continue;
      if (lease.may_grow()) {
        lease.grow_fully();
        continue;
      }
      watch(to, true);
      const auto end = co_await pump_bulk(from, to, count);
      watch(to, false);
      if (end.sink) co_return End::refused;
      if (end.source) co_return end_of(end.source);
    }
  }

  /// Moves bulk inside the kernel. Ends without an error when the pieces become small again.
  Task<Splice::Moved> pump_bulk(Stream& from, Stream& to, std::uint64_t& count) {
    constexpr std::size_t small = 16 * 1024;
    Splice::Moved moved{.size = small};
    if constexpr (std::is_constructible_v<Splice, Stream&, Stream&, PipePool&>) {
      Splice splice(from, to, means_.pipes);
      while (splice.possible() && moved.size >= small && !moved.source && !moved.sink) {
        moved = co_await splice.move_some(PipePool::pipe_size);
        count += moved.size;
        progress();
      }
    }
    co_return moved;
  }

  void progress() {
    if (!upstream_done_) means_.deadline.arm(means_.limits.tunnel_idle_time);
  }

  Task<End> send(Stream& to, std::string_view bytes, std::uint64_t& count) {
    if (bytes.empty()) co_return End::complete;
    watch(to, true);
    const auto [error, n] = co_await to.write(bytes);
    watch(to, false);
    count += n;
    co_return error ? End::refused : End::complete;
  }

  void watch(const Stream& to, bool waits) {
    if (&to != &upstream_) return;
    if (waits)
      means_.deadline.watch_wait();
    else
      means_.deadline.stop_watching();
  }

  static End end_of(error_code error) {
    return error == net::error::eof ? End::complete : End::broken;
  }

  void note_notice() {
    const auto* tls = client_.stream().tls();
    ended_without_notice_ = tls != nullptr && tls->ended_without_notice() && !upstream_done_;
  }

  /// Ends both directions, wherever they are. A cancellation could come between two operations and
  /// be lost.
  void stop() {
    client_.stream().cut();
    upstream_.cut();
  }

  Client& client_;
  Stream& upstream_;
  Means means_;
  bool client_done_ = false, upstream_done_ = false, ended_without_notice_ = false;
  std::uint64_t from_client_ = 0, from_upstream_ = 0;
  int unsent_ = -1;         ///< to the engine, at the last look
  std::uint64_t sent_ = 0;  ///< from_client_ at the last look
};

}  // namespace proxy
