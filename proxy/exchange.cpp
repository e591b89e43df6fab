// SPDX-License-Identifier: Apache-2.0
#include "proxy/exchange.hpp"

#include <array>

#include "proxy/http/h1/relay.hpp"

namespace proxy {

using acl::Reason;
using http::Framing;

Exchange::Exchange(Client& client, Upstream& upstream, const Means& means, Answer& answer,
                   const Outgoing& outgoing)
    : client_(client), upstream_(upstream), means_(means), answer_(answer), outgoing_(outgoing) {}

Task<Exchange::Outcome> Exchange::run() {
  if (const auto reason = co_await ask()) co_return *reason;
  if (outgoing_.streamed == Framing::none) co_return co_await bring_answer();
  co_return co_await both(bring_answer(), send_body());
}

/// Opens a connection if needed and sends the head, and the body if it is held. Usually a
/// connection that the engine closed while it was idle is noticed here; otherwise bring_answer()
/// repeats the request.
Task<std::optional<Reason>> Exchange::ask() {
  asked_ = false;
  means_.deadline.watch_wait();  // the engine may not read, and then nobody reads from the client
  for (;;) {
    reached_engine_ = false;
    if (upstream_.is_open() && !may_repeat() && upstream_.may_have_ended()) upstream_.close();
    const bool kept = upstream_.is_open();
    if (!kept) {
      const auto reason =
          co_await upstream_.open(means_.deadline, means_.limits.upstream_connect_time);
      if (reason) co_return client_.is_gone() ? Reason::client_left : *reason;
    }
    upstream_.begin();
    means_.deadline.arm(means_.limits.stall_time);
    sent_at_ = Clock::now();
    const bool taken = co_await send_head();
    reached_engine_ = taken;
    if (client_.is_gone()) {
      upstream_.close();
      co_return Reason::client_left;
    }
    if (taken || !kept) break;
    upstream_.close();
  }
  if (outgoing_.streamed == Framing::none && !may_repeat()) outgoing_.body.give_back();
  if (outgoing_.streamed == Framing::none) await_answer();
  co_return std::nullopt;
}

/// Only idempotent requests are sent twice (RFC 9110 section 9.2.2).
bool Exchange::may_repeat() const {
  const auto method = outgoing_.request.method;
  return (method == acl::Method::get || method == acl::Method::head) &&
         outgoing_.streamed == Framing::none;
}

/// \returns false if not a byte of it was taken. An engine that stops reading may still say why, so
/// its answer is read.
Task<bool> Exchange::send_head() {
  std::array<net::const_buffer, 2> parts{net::buffer(outgoing_.head), net::buffer(outgoing_.held)};
  const auto [error, n] = co_await upstream_.stream().write(parts);
  cut_short_ = static_cast<bool>(error);
  co_return n != 0;
}

/// Watches for the client's leaving only if the engine takes long. Most answers arrive sooner, and
/// then the next request's read finds its bytes at once instead of failing first.
void Exchange::await_answer() {
  asked_ = true;
  means_.deadline.watch_wait();
  if (answered_) return;
  if (client_.has_ended()) client_ended();
  if (lasts())
    means_.deadline.disarm();
  else
    means_.deadline.arm(means_.limits.upstream_head_time);
}

Task<void> Exchange::send_body() {
  out_.begin(outgoing_.streamed);
  if (!co_await send_first()) {
    cut_short_ = true;
    co_return;
  }
  http::h1::Relay relay(client_, upstream_.stream(), out_, means_);
  const auto carried = co_await relay.run(sent_);
  cut_short_ = carried.refused || carried.broken;
  if (carried.refused) co_return;  // the engine's answer may say why
  if (!carried.broken) co_return await_answer();
  body_failure_ = means_.deadline.expired() ? Reason::client_stalled : *carried.broken;
  upstream_
      .close();  // the engine sees that the body is incomplete, but may have used its beginning
}

/// Sends the beginning of the body, which was read for the decision.
Task<bool> Exchange::send_first() {
  const std::string_view first = outgoing_.first;
  if (first.empty()) co_return true;
  means_.deadline.arm(means_.limits.stall_time);
  sent_ += first.size();
  out_.add(http::Piece{.data = {&first, 1}, .size = first.size()});
  const auto [error, n] = co_await upstream_.stream().write(out_.bytes());
  out_.clear();
  outgoing_.body.give_back();
  co_return !error;
}

Task<Exchange::Outcome> Exchange::bring_answer() {
  auto reason = co_await answer_.read_head();
  if (reason && may_repeat() && upstream_.used() && answer_.nothing_arrived() &&
      !means_.deadline.expired() && !client_.end()) {
    upstream_.close();
    reason = co_await ask();
    if (!reason) reason = co_await answer_.read_head();
  }
  answered_ = true;
  if (reason) {
    if (reason == Reason::upstream_closed && upstream_.refuses_us()) {
      reason = Reason::upstream_tls;
      reached_engine_ = false;  // it ended the handshake, and read nothing
    }
    upstream_.close();
    stop_body();
    co_return explain(*reason);
  }
  answered_at_ = Clock::now();
  upstream_.answered();
  if (lasts()) std::string().swap(outgoing_.head);  // of 1,000 streams of events these are 0.5 MiB
  auto next = co_await answer_.pass_on(close_after_);
  if (next == Next::tunnel) co_return next;
  // An engine that has not read the whole request would take the next one for its rest.
  if (answer_.upstream_reusable() && asked_ && !cut_short_)
    upstream_.finish();
  else
    upstream_.close();
  if (!client_.body_complete()) next = Next::close;
  stop_body();
  if (answer_.failure() && !answer_.begun()) co_return explain(*answer_.failure());
  co_return next;
}

/// Stops the upload once the engine has answered or failed.
void Exchange::stop_body() {
  if (client_.body_complete()) return;
  client_.stream().cancel();
}

/// If the client caused the failure, that explains it better than the engine's reaction.
Reason Exchange::explain(Reason reason) const {
  if (body_failure_) return *body_failure_;
  const bool engine_was_told = lasts() && client_.has_ended();
  return client_.is_gone() || engine_was_told ? Reason::client_left : reason;
}

std::optional<Reason> Exchange::failure() const {
  const auto failure = answer_.failure();
  if (!failure || *failure == Reason::client_stalled) return failure;
  const auto reason = explain(*failure);
  return lasts() && reason == Reason::client_left ? std::nullopt : std::optional(reason);
}

/// While a body is relayed, what the engine has not taken is still in the client's buffer. Reading
/// ahead would free it, also when the body is complete.
void Exchange::look_out() {
  const bool relays = outgoing_.streamed != Framing::none && !asked_;
  if (relays) return client_.look_for_break();
  client_.look_out();
}

void Exchange::client_ended() {
  if (client_.is_gone()) return upstream_.cancel();
  if (!asked_) return;  // the engine hears of it when it has the whole request
  // The client has only half-closed. A lasting operation ends when the engine sees that, as it does
  // without tidegate. One that hijacks may still have input to pass on: its tunnel ends that side.
  if (lasts() && !acl::info(outgoing_.request.operation).has(acl::hijacks))
    upstream_.stream().shutdown_send();
}

}  // namespace proxy
