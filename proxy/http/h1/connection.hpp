// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "acl/result.hpp"
#include "proxy/http/h1/body.hpp"
#include "proxy/http/h1/client_input.hpp"
#include "proxy/http/h1/engine_input.hpp"

namespace proxy::http::h1 {

/// Reads HTTP/1.x messages from one peer: heads, and bodies in pieces. The caller sets time limits.
template <class Role, class Stream = proxy::Stream>
class Connection : public Role::template Input<Stream> {
  using Input = typename Role::template Input<Stream>;

 public:
  using Head = typename Role::Head;

  /// \param body the state of the current body; lent, so that its memory can be reused.
  /// \param input arguments for the role's Input
  template <class... Arguments>
  Connection(Role role, const config::Limits& limits, Body& body, Arguments&&... input)
      : Input(std::forward<Arguments>(input)...), role_(role), limits_(limits), body_(body) {}

  /// Waits until a head is complete, and reads it. Its views are valid until the next call that
  /// waits.
  /// \returns why there is no head.
  Task<std::optional<acl::Reason>> read_head(Head& head) {
    for (std::size_t scanned = 0;;) {
      const auto begun = this->buffer().data();
      const auto found = begun.find(head_end, scanned);
      if (found != begun.npos) {
        head_size_ = found + head_end.size();
        co_return role_.read(begun.substr(0, head_size_), limits_, head);
      }
      if (const auto reason = role_.hopeless(begun, scanned, limits_)) co_return *reason;
      scanned = begun.size() - std::min(begun.size(), head_end.size() - 1);
      if (!co_await this->more()) co_return this->why_no_more();
    }
  }
  /// Discards the head's bytes and starts the body that it announces.
  void consume_head(const Head& head) {
    this->buffer().consume(head_size_);
    body_.begin(head);
  }

  /// Returns what has arrived of the body, which may be empty. Valid until the next call that
  /// waits.
  acl::Result<Piece, acl::Reason> take() {
    std::size_t used = 0;
    const auto piece = body_.take(this->buffer().data(), used, this->longest_chunk());
    this->buffer().consume(used);
    if (!piece) return Role::bad_body;
    return *piece;
  }
  /// Waits for more of the body unless take() has something to do. \returns why the body breaks
  /// off.
  Task<std::optional<acl::Reason>> await_piece() {
    if (body_.complete() || !body_.lacks(this->buffer().data()) || co_await this->more())
      co_return std::nullopt;
    if (this->end() == net::error::eof && body_.end()) co_return std::nullopt;
    co_return this->why_no_more();
  }

  /// Whether the body has ended.
  bool body_complete() const { return body_.complete(); }
  /// The number of bytes that are missing of a body with a length; 0 if unused bytes have arrived.
  /// A caller that moves them without take() must call moved_on().
  std::uint64_t length_left() const {
    return this->buffer().empty() && !this->reading() ? body_.length_left() : 0;
  }
  void moved_on(std::uint64_t size) { body_.skip(size); }

 private:
  static constexpr std::string_view head_end = "\r\n\r\n";

  Role role_;
  const config::Limits& limits_;
  Body& body_;
  std::size_t head_size_ = 0;
};

}  // namespace proxy::http::h1
