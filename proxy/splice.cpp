// SPDX-License-Identifier: Apache-2.0
#include "proxy/splice.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace proxy {
namespace {

error_code last_error() {
  return {errno, boost::system::system_category()};
}

void close_pipe(const Pipe& pipe) {
  ::close(pipe.in);
  ::close(pipe.out);
}

/// splice() must not block. A socket that was waited for is non-blocking already.
void never_block(Stream& stream) {
  error_code ignored;  // splice() will report any error
  stream.socket().native_non_blocking(true, ignored);
}

}  // namespace

PipePool::~PipePool() {
  for (const auto& pipe : free_) close_pipe(pipe);
}

std::optional<Pipe> PipePool::take() {
  if (used_ == most_used) return std::nullopt;
  Pipe pipe;
  if (!free_.empty()) {
    pipe = free_.back();
    free_.pop_back();
  } else {
    int ends[2];
    if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return std::nullopt;
    pipe = {.in = ends[1], .out = ends[0]};
    ::fcntl(pipe.in, F_SETPIPE_SZ, int{pipe_size});  // stays at 64 KiB if that is not allowed
  }
  ++used_;
  return pipe;
}

void PipePool::give_back(Pipe pipe, bool drained) {
  --used_;
  if (drained && free_.size() < most_kept) return free_.push_back(pipe);
  close_pipe(pipe);
}

Splice::Splice(Stream& from, Stream& to, PipePool& pipes) : from_(from), to_(to), pipes_(pipes) {
  if (from.tls() != nullptr || to.tls() != nullptr) return;
  pipe_ = pipes.take();
  if (!pipe_) return;
  never_block(from);
  never_block(to);
}

Splice::~Splice() {
  if (pipe_) pipes_.give_back(*pipe_, drained_);
}

Task<Splice::Moved> Splice::move_some(std::uint64_t most) {
  const auto filled = co_await fill(most);
  if (filled.source || filled.sink) co_return filled;
  co_return co_await drain(filled.size);
}

Task<Splice::Moved> Splice::fill(std::uint64_t most) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(most, PipePool::pipe_size));
  // Take only what can be sent on, and let others run if the source never runs dry.
  const auto [stopped] = co_await to_.socket().async_wait(Socket::wait_write, as_result);
  if (stopped) co_return Moved{.sink = stopped};
  for (;;) {
    if (!from_.is_open()) co_return Moved{.source = net::error::operation_aborted};
    const auto n = ::splice(from_.socket().native_handle(), nullptr, pipe_->in, nullptr, size,
                            SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (n > 0) co_return Moved{.size = static_cast<std::size_t>(n)};
    if (n == 0) co_return Moved{.source = net::error::eof};
    if (errno != EAGAIN) co_return Moved{.source = last_error()};
    const auto [error] = co_await from_.socket().async_wait(Socket::wait_read, as_result);
    if (error) co_return Moved{.source = error};
  }
}

Task<Splice::Moved> Splice::drain(std::size_t size) {
  drained_ = false;
  for (Moved moved;;) {
    if (!to_.is_open()) moved.sink = net::error::operation_aborted;
    const auto n = moved.sink ? 0
                              : ::splice(pipe_->out, nullptr, to_.socket().native_handle(), nullptr,
                                         size - moved.size, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (n > 0) moved.size += static_cast<std::size_t>(n);
    if (n < 0 && errno != EAGAIN) moved.sink = last_error();
    drained_ = moved.size == size;
    if (moved.sink || drained_) co_return moved;
    if (n > 0) continue;
    const auto [error] = co_await to_.socket().async_wait(Socket::wait_write, as_result);
    moved.sink = error;
  }
}

}  // namespace proxy
