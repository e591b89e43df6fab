// SPDX-License-Identifier: Apache-2.0
#include "proxy/client.hpp"

namespace proxy {

using acl::Reason;

template class http::h1::ClientInput<Stream>;
template class http::h1::Connection<http::h1::ClientRole>;

Client::Client(Socket socket, const config::Limits& limits, HeldBytes& held,
               http::HeadReader& heads, std::function<void()> on_end)
    : Connection({heads}, limits, body_, Stream(std::move(socket)),
                 limits.head_bytes + limits.registry_config_bytes, held, std::move(on_end)),
      limits_(limits) {}

Task<acl::Result<std::monostate, NoRequest>> Client::read_head(Deadline& deadline,
                                                               std::chrono::milliseconds idle_time,
                                                               http::RequestHead& head) {
  // More fields than usual clients send; an idle connection keeps memory for no more.
  constexpr std::size_t most_fields_kept = 32;
  deadline.arm(idle_time);
  co_await stop_reading_behind_bytes();
  narrow();
  body_.narrow();
  if (head.fields.capacity() > most_fields_kept) std::vector<http::Field>().swap(head.fields);
  if (auto* tls = stream().tls()) tls->release_buffers(true);
  while (buffer().empty())
    if (!co_await more()) co_return NoRequest{.left = true};
  if (auto* tls = stream().tls()) tls->release_buffers(false);

  deadline.arm(limits_.head_time);
  if (const auto reason = co_await Connection::read_head(head)) {
    const bool late = deadline.expired() && reason == why_no_more();
    co_return NoRequest{.reason = late ? Reason::head_timeout : *reason};
  }
  deadline.disarm();
  co_return std::monostate{};
}

/// While the engine worked on the last request, a part of this one may have arrived, and a read
/// that waits for more. A buffer that is being read into keeps its size, which may be too small
/// now.
Task<void> Client::stop_reading_behind_bytes() {
  if (reading() && !end() && !buffer().empty()) co_await stop_reading();
}

void Client::consume_head(const http::RequestHead& head) {
  constexpr std::size_t bulk = 16 * 1024;  // larger bodies are read in large pieces
  Connection::consume_head(head);
  if (body_.chunked() || body_.length_left() >= bulk) widen();
}

Task<std::optional<Reason>> Client::read(HeldBody* body, std::size_t most, std::size_t least) {
  const auto announced = body_.length_left();
  if (announced > most) co_return Reason::body_too_large;
  auto longest = announced != 0 ? static_cast<std::size_t>(announced) : most;
  if (most == all) longest = 0;
  for (std::size_t size = 0; size < least && !body_complete();) {
    const auto piece = take();
    if (!piece) co_return piece.error();
    if (piece->size > most - size) co_return Reason::body_too_large;
    size += piece->size;
    for (const auto data : piece->data)
      if (body != nullptr && !body->append(data, longest)) co_return Reason::limit_memory;
    if (size >= least) break;  // no need to wait for the rest
    if (const auto reason = co_await await_piece()) co_return *reason;
  }
  co_return std::nullopt;
}

void Client::look_out() {
  if (!body_complete()) return look_for_break();
  body_.narrow();
  read_ahead();
}

/// At least so many bytes of the body have not been read yet.
std::uint64_t Client::missing() const {
  if (body_.chunked()) return buffer().empty() ? 1 : 0;
  return body_.length_left() - std::min<std::uint64_t>(body_.length_left(), buffer().data().size());
}

Task<void> Client::discard(std::size_t most) {
  buffer().consume(buffer().data().size());  // a full buffer that may not grow takes nothing more
  for (std::size_t size = 0; size <= most; buffer().consume(buffer().data().size())) {
    if (!co_await more()) co_return;
    size += buffer().data().size();
  }
}

}  // namespace proxy
