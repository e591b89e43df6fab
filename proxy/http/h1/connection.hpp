// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "acl/result.hpp"
#include "proxy/http/h1/body.hpp"
#include "proxy/http/h1/client_input.hpp"
#include "proxy/http/h1/engine_input.hpp"

namespace proxy::http::h1 {

/// Reads messages of HTTP/1.x from one peer: heads, and bodies in pieces. No call has a time limit
/// of its own.
template <class Role, class Stream = proxy::Stream>
class Connection : public Role::template Input<Stream> {
  using Input = typename Role::template Input<Stream>;

 public:
  using Head = typename Role::Head;

  /// \param body where the body's state is kept; lent, so that its memory can serve again.
  /// \param input as the role's Input wants it
  template <class... Arguments>
  Connection(Role role, const config::Limits& limits, Body& body, Arguments&&... input)
      : Input(std::forward<Arguments>(input)...), role_(role), limits_(limits), body_(body) {}

  /// Waits until a head is whole, and reads it. Its views are valid until the next call that waits.
  /// \returns why there is none.
  Task<std::optional<acl::Reason>> read_head(Head& head) {
    for (std::size_t scanned = 0;;) {
      const auto begun = this->buffer().data();
      const auto found = begun.find(head_end, scanned);
      if (found != begun.npos) {
        head_size_ = found + head_end.size();
        co_return role_.read(begun.substr(0, head_size_), limits_, head);
      }
      scanned = begun.size() - std::min(begun.size(), head_end.size() - 1);
      if (const auto reason = role_.hopeless(begun, limits_)) co_return *reason;
      if (!co_await this->more()) co_return this->why_no_more();
    }
  }
  /// What follows is the body that this head announces.
  void consume_head(const Head& head) {
    this->buffer().consume(head_size_);
    body_.begin(head);
  }

  /// What has arrived of the body; empty where that is nothing. Valid until the next call that
  /// waits.
  acl::Result<Piece, acl::Reason> take() {
    std::size_t used = 0;
    const auto piece = body_.take(this->buffer().data(), used);
    this->buffer().consume(used);
    if (!piece) return Role::bad_body;
    return *piece;
  }
  /// Waits for more of the body, where what has arrived is used up. \returns why it breaks off.
  Task<std::optional<acl::Reason>> await_piece() {
    if (body_.complete() || !this->buffer().empty() || co_await this->more())
      co_return std::nullopt;
    if (this->end() == net::error::eof && body_.end()) co_return std::nullopt;
    co_return this->why_no_more();
  }

  /// Nothing of the body is still to come.
  bool body_complete() const { return body_.complete(); }
  /// Of a body with a length: what is still to come, where all that has come was used. Whoever
  /// moves it past this class says so.
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
