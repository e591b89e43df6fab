// SPDX-License-Identifier: Apache-2.0
#include "proxy/answer.hpp"

namespace proxy {
namespace {

using acl::Reason;
using http::Connection;
using http::Framing;

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view line_end = "\r\n";
constexpr std::string_view last_chunk = "0\r\n\r\n";

/// What may last for days and bring little, a thousand at a time, begins with little.
std::size_t first_block(const acl::Request& request, const BufferPool& buffers) {
  const bool lasts = acl::info(request.operation).has(acl::lasting);
  return lasts || !buffers.has_large() ? BufferPool::little : BufferPool::block_size;
}

bool is_raw_stream(std::string_view content_type) {
  return content_type.starts_with("application/vnd.docker.raw-stream") ||
         content_type.starts_with("application/vnd.docker.multiplexed-stream");
}

}  // namespace

Answer::Answer(Stream& upstream, Stream& client, Deadline& deadline, const config::Limits& limits,
               BufferPool& buffers, PipePool& pipes, http::HeadReader& heads,
               AnswerStorage& storage, const Question& question)
    : upstream_(upstream),
      client_(client),
      deadline_(deadline),
      limits_(limits),
      lease_(buffers, first_block(question.request, buffers)),
      pipes_(pipes),
      heads_(heads),
      storage_(storage),
      question_(question),
      block_(lease_.bytes()) {}

Task<std::optional<Reason>> Answer::read_head() {
  const auto to_head = question_.request.method == acl::Method::head;
  const http::HeadLimits bounds{limits_.head_bytes, limits_.head_fields, limits_.head_bytes};
  failure_.reset();  // that of a connection which a fresh one has replaced
  for (std::size_t scanned = 0;;) {
    const auto size = head_size(scanned);
    if (!size) {
      if (end_ - begin_ >= std::min(limits_.head_bytes, BufferPool::block_size))
        co_return Reason::upstream_malformed;
      if (co_await read_more()) continue;
      co_return deadline_.expired() ? Reason::upstream_timeout : Reason::upstream_closed;
    }
    const auto bytes = arrived().substr(0, *size);
    if (const auto reason = heads_.read_answer(bytes, bounds, to_head, storage_.head))
      co_return *reason;
    if (storage_.head.framing == Framing::chunked) storage_.chunks.begin();
    begin_ += *size;
    scanned = 0;
    const auto status = storage_.head.status;
    if (status == 101)
      co_return opens_tunnel() ? std::nullopt : std::optional(Reason::upstream_malformed);
    if (status >= 200) co_return std::nullopt;
    if (!co_await pass_on_interim()) co_return Reason::client_left;
  }
}

std::optional<std::size_t> Answer::head_size(std::size_t& scanned) const {
  const auto begun = arrived();
  const auto found = begun.find(head_end, scanned);
  if (found != begun.npos) return found + head_end.size();
  scanned = begun.size() < head_end.size() ? 0 : begun.size() - head_end.size() + 1;
  return std::nullopt;
}

Task<bool> Answer::read_more() {
  make_room();
  const auto room = net::buffer(block_.data() + end_, block_.size() - end_);
  const auto [error, n] = co_await upstream_.async_read_some(room, as_result);
  end_ += n;
  arrived_ = arrived_ || n != 0;
  if (error && error != net::error::eof) fail(Reason::upstream_closed);
  co_return !error;
}

/// A block that was filled is too little for what comes, whether it has been used up or not. A head
/// must fit, even where blocks are scarce.
void Answer::make_room() {
  const bool full = end_ == block_.size(), unused = begin_ == 0;
  if (full && end_ < BufferPool::block_size && (unused || lease_.may_grow())) {
    lease_.grow();
    block_ = lease_.bytes();
  }
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ != block_.size()) return;
  std::memmove(block_.data(), block_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
}

/// 100 (Continue) is for us, who asked for nothing; the others are for a client that may know them.
Task<bool> Answer::pass_on_interim() {
  if (storage_.head.status == 100 || question_.http_1_0) co_return true;
  storage_.head_out.clear();
  http::append_response_head(storage_.head, {}, Connection::unsaid, storage_.head_out);
  add(storage_.head_out);
  co_return co_await flush();
}

/// Only what tidegate itself has seen makes a tunnel: 101 where an upgrade was asked for, or a raw
/// stream without an end on an operation that hijacks. Else the connection stays HTTP.
bool Answer::opens_tunnel() const {
  if (!acl::info(question_.request.operation).has(acl::hijacks)) return false;
  const auto& head = storage_.head;
  if (head.status == 101) return question_.upgrades;
  return head.status == 200 && head.framing == Framing::until_eof &&
         is_raw_stream(head.value_of("Content-Type"));
}

http::OutgoingBody Answer::outgoing() const {
  const auto& head = storage_.head;
  if (head.framing == Framing::chunked && question_.http_1_0) return {Framing::until_eof};
  return {head.framing, head.length};
}

Task<Next> Answer::pass_on(bool close_after) {
  const auto& head = storage_.head;
  const bool tunnel = opens_tunnel();
  const auto body = outgoing();
  const bool keep = question_.keep_alive && !close_after && body.framing != Framing::until_eof;
  auto connection = keep ? Connection::unsaid : Connection::close;
  if (tunnel) connection = head.status == 101 ? Connection::upgrade : Connection::unsaid;

  storage_.out.clear();
  storage_.head_out.clear();
  http::append_response_head(head, body, connection, storage_.head_out);
  add(storage_.head_out);
  if (tunnel) {
    co_await flush();
    co_return failure_ ? Next::close : Next::tunnel;
  }
  if (head.framing == Framing::none) co_await flush();
  if (head.framing == Framing::length) co_await relay_length();
  if (head.framing == Framing::chunked) co_await relay_chunked();
  if (head.framing == Framing::until_eof) co_await relay_until_end();
  // Bytes behind the answer belong to nothing that was asked: a 204 with a body, or worse.
  reusable_ = !failure_ && head.keep_alive && head.framing != Framing::until_eof && begin_ == end_;
  co_return keep && !failure_ ? Next::keep_alive : Next::close;
}

Task<void> Answer::relay_length() {
  for (auto remaining = storage_.head.length;;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(end_ - begin_, remaining));
    add(arrived().substr(0, size));
    begin_ += size;
    remaining -= size;
    sent_ += size;
    if (!co_await flush() || remaining == 0) co_return;
    if (remaining >= BufferPool::block_size && !co_await splice(remaining)) co_return;
    if (remaining == 0) co_return;
    if (!co_await read_more()) co_return fail(Reason::upstream_closed);
  }
}

/// Moves the rest of a long body without looking at it, where that can be done.
/// \returns false where it broke off.
Task<bool> Answer::splice(std::uint64_t& remaining) {
  Splice way(upstream_, client_, pipes_);
  while (way.possible() && remaining != 0) {
    deadline_.arm(limits_.stall_time);
    const auto moved = co_await way.move_some(remaining);
    remaining -= moved.size;
    sent_ += moved.size;
    if (moved.source) fail(Reason::upstream_closed);
    if (moved.sink) fail(client_reason());
    if (failure_) co_return false;
  }
  if (acl::info(question_.request.operation).has(acl::lasting)) deadline_.disarm();
  co_return true;
}

/// Why the client takes no more.
Reason Answer::client_reason() const {
  return deadline_.expired() ? Reason::client_stalled : Reason::client_left;
}

Task<void> Answer::relay_chunked() {
  const bool to_chunks = !question_.http_1_0;
  for (;;) {
    const auto progress = storage_.chunks.feed(arrived(), storage_.pieces);
    if (!progress) co_return fail(Reason::upstream_malformed);
    std::size_t size = 0;
    for (const auto piece : storage_.pieces) size += piece.size();
    storage_.chunk_line.clear();
    http::append_chunk_line(size, storage_.chunk_line);
    if (size != 0 && to_chunks) add(storage_.chunk_line);
    for (const auto piece : storage_.pieces) add(piece);
    if (size != 0 && to_chunks) add(line_end);
    if (progress->complete && to_chunks) add(last_chunk);
    begin_ += progress->consumed;
    sent_ += size;
    if (!co_await flush() || progress->complete) co_return;
    if (begin_ == end_ && !co_await read_more()) co_return fail(Reason::upstream_closed);
  }
}

Task<void> Answer::relay_until_end() {
  do {
    add(arrived());
    sent_ += end_ - begin_;
    begin_ = end_;
    if (!co_await flush()) co_return;
  } while (co_await read_more());
}

/// Writes what was added. While the client reads, its time limit runs; while the engine is silent,
/// only that of operations that do not last.
Task<bool> Answer::flush() {
  deadline_.arm(limits_.stall_time);
  const auto [error, n] = co_await client_.write(storage_.out);
  storage_.out.clear();
  if (acl::info(question_.request.operation).has(acl::lasting)) deadline_.disarm();
  if (error) fail(client_reason());
  co_return !error;
}

}  // namespace proxy
