// SPDX-License-Identifier: Apache-2.0
#include "proxy/tunnel.hpp"

namespace proxy {

Tunnel::Tunnel(Client& client, Stream& upstream, const Means& means)
    : client_(client), upstream_(upstream), means_(means) {}

Task<void> Tunnel::run(std::string_view behind_head) {
  co_await client_.stop_reading();
  means_.deadline.arm(means_.limits.tunnel_idle_time);
  co_await both(pump_to_upstream(), pump_to_client(behind_head));
}

Task<void> Tunnel::pump_to_upstream() {
  // Bytes that the client sent right after its request come first.
  auto& ahead = client_.buffer();
  bool open = co_await send(upstream_, ahead.data(), from_client_);
  client_.forget_ahead();
  if (open && !client_.end()) open = co_await pump(client_.stream(), upstream_, from_client_);
  if (!open && client_.stream().hung_up()) co_return stop();
  if (!open) co_return;  // the engine no longer reads, but may still write
  co_await upstream_.end_sending();
  client_done_ = true;
  if (upstream_done_) co_return;
  // A client that has only closed its sending side still waits for output.
  const auto [error] = co_await client_.stream().async_wait_for_hang_up(as_result);
  if (!error) stop();
}

Task<void> Tunnel::pump_to_client(std::string_view behind_head) {
  bool open = co_await send(client_.stream(), behind_head, from_upstream_);
  if (open) open = co_await pump(upstream_, client_.stream(), from_upstream_);
  upstream_done_ = true;
  if (!open) co_return stop();
  // The engine closes when the exec ends, but `docker exec -i` keeps stdin open until it sees our
  // end. Pass the end on and give the client time; closing at once would drop output in flight.
  means_.deadline.arm(means_.limits.stall_time);
  co_await client_.stream().end_sending();
  means_.deadline.arm(means_.limits.tunnel_linger_time);
  if (client_done_ || client_.stream().hung_up()) stop();
}

/// Copies one direction. While it waits it holds only a small buffer, since most streams are silent
/// most of the time.
/// \returns whether `to` can still take bytes, because the end came from `from`.
Task<bool> Tunnel::pump(Stream& from, Stream& to, std::uint64_t& count) {
  BufferPool::Lease lease(means_.buffers, BufferPool::little);
  for (;;) {
    const auto room = lease.bytes();
    const auto [error, n] =
        co_await from.async_read_some(net::buffer(room.data(), room.size()), as_result);
    if (error) co_return error == net::error::eof;
    progress();
    if (!co_await send(to, {room.data(), n}, count)) co_return false;
    if (n <= BufferPool::little && n < room.size()) lease.shrink();
    if (n < room.size()) continue;
    if (lease.may_grow()) {
      lease.grow_fully();
      continue;
    }
    const auto end = co_await pump_bulk(from, to, count);
    if (end.sink) co_return false;
    if (end.source) co_return end.source == net::error::eof;
  }
}

/// Moves bulk inside the kernel. Ends without an error when the pieces become small again.
Task<Splice::Moved> Tunnel::pump_bulk(Stream& from, Stream& to, std::uint64_t& count) {
  constexpr std::size_t small = 16 * 1024;
  Splice splice(from, to, means_.pipes);
  Splice::Moved moved{.size = small};
  while (splice.possible() && moved.size >= small && !moved.source && !moved.sink) {
    moved = co_await splice.move_some(PipePool::pipe_size);
    count += moved.size;
    progress();
  }
  co_return moved;
}

void Tunnel::progress() {
  if (!upstream_done_) means_.deadline.arm(means_.limits.tunnel_idle_time);
}

Task<bool> Tunnel::send(Stream& to, std::string_view bytes, std::uint64_t& count) {
  if (bytes.empty()) co_return true;
  const auto [error, n] = co_await to.write(bytes);
  count += n;
  co_return !error;
}

void Tunnel::stop() {
  client_.stream().cancel();
  upstream_.cancel();
}

}  // namespace proxy
