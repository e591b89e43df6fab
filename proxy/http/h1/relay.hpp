// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "acl/result.hpp"
#include "proxy/http/body_filter.hpp"
#include "proxy/http/h1/body.hpp"
#include "proxy/means.hpp"

namespace proxy::http::h1 {

/// How the relaying of a body ended.
struct Carried {
  std::optional<acl::Reason> broken;  ///< why the source broke off
  bool refused = false;               ///< the other side did not take more
};

/// Relays the rest of a body from a connection to the other side's stream.
template <class From, class To>
class Relay {
 public:
  /// \param out bytes that it already holds, usually a head, are sent with the first piece.
  Relay(From& from, To& to, Framer& out, const Means& means)
      : from_(from), to_(to), out_(out), means_(means) {}

  /// Allows the source to be silent for days.
  void be_patient() { patient_ = true; }
  /// Rewrites each piece with `filter` into `out`, unless `filter` is null.
  void rewrite(BodyFilter* filter, Rewritten& out) {
    filter_ = filter;
    rewritten_ = &out;
  }

  /// \param count is increased by the payload that was sent.
  Task<Carried> run(std::uint64_t& count) {
    await_source();
    for (;;) {
      auto piece = from_.take();
      if (piece && filter_ != nullptr) piece = rewritten(*piece);
      if (!piece) co_return Carried{.broken = piece.error()};
      out_.add(*piece);
      count += piece->size;
      if (!out_.empty()) {
        means_.deadline.arm(means_.limits.stall_time);
        const auto [error, n] = co_await to_.write(out_.bytes());
        out_.clear();
        if (error) co_return Carried{.refused = true};
        if (patient_) out_.narrow();
        await_source();
      }
      if (piece->last) co_return Carried{};
      if (from_.length_left() >= BufferPool::block_size && filter_ == nullptr) {
        const auto carried = co_await splice(count);
        if (carried.broken || carried.refused) co_return carried;
      }
      if (const auto broken = co_await from_.await_piece()) co_return Carried{.broken = broken};
    }
  }

 private:
  void await_source() {
    if (patient_) return means_.deadline.disarm();
    means_.deadline.arm(means_.limits.stall_time);
  }

  /// Moves the rest of a long body inside the kernel, where that is possible.
  Task<Carried> splice(std::uint64_t& count) {
    if constexpr (std::is_constructible_v<Splice, decltype(from_.stream()), To&, PipePool&>) {
      Splice way(from_.stream(), to_, means_.pipes);
      while (way.possible() && from_.length_left() != 0) {
        means_.deadline.arm(means_.limits.stall_time);
        const auto moved = co_await way.move_some(from_.length_left());
        from_.moved_on(moved.size);
        count += moved.size;
        if (moved.source) co_return Carried{.broken = from_.why_no_more()};
        if (moved.sink) co_return Carried{.refused = true};
      }
      await_source();
    }
    co_return Carried{};
  }

  acl::Result<Piece, acl::Reason> rewritten(const Piece& piece) {
    auto& [text, ends, pieces] = *rewritten_;
    text.clear();
    ends.clear();
    pieces.clear();
    for (const auto data : piece.data) {
      if (const auto reason = filter_->pass(data, false, text)) return *reason;
      ends.push_back(text.size());
    }
    if (piece.last) {
      if (const auto reason = filter_->pass({}, true, text)) return *reason;
      ends.push_back(text.size());
    }
    std::size_t begin = 0;
    for (const auto end : ends) {
      pieces.push_back(std::string_view(text).substr(begin, end - begin));
      begin = end;
    }
    return Piece{.data = pieces, .size = text.size(), .last = piece.last};
  }

  From& from_;
  To& to_;
  Framer& out_;
  const Means& means_;
  bool patient_ = false;
  BodyFilter* filter_ = nullptr;
  Rewritten* rewritten_ = nullptr;
};

}  // namespace proxy::http::h1
