// SPDX-License-Identifier: Apache-2.0
#include "proxy/session.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>

#include "proxy/handshake.hpp"
#include "proxy/log.hpp"
#include "proxy/rewritten_answer.hpp"
#include "proxy/terms.hpp"
#include "proxy/tunnel.hpp"
#include "proxy/worker.hpp"

namespace proxy {
using acl::Reason;
using acl::Refusal;
using Body = acl::Plan::Body;
using http::Framing;

Session::Session(Socket client, acl::Identity& identity, HeldBytes& held, Worker& worker,
                 std::optional<Admission::Handshake> handshake)
    : worker_(worker),
      identity_(identity),
      held_(held),
      handshake_(std::move(handshake)),
      client_(std::move(client), worker.settings.limits, held, worker.heads,
              [this] { client_ended(); }),
      upstream_(worker.loop, worker.settings.upstream, worker.snapshot, worker.engine),
      deadline_(
          worker.deadlines, [this] { cancel(); }, [this] { watch_client(); }),
      draining_(worker.draining) {
  const auto longest = worker.settings.listeners[identity.listener].max_connection_time;
  if (longest.count() != 0) retires_at_ = AuditRecord::Clock::now() + longest;
  worker_.sessions.push_back(*this);
  worker_.audit.metrics.sessions.add();
}

Session::~Session() {
  worker_.sessions.erase(worker_.sessions.iterator_to(*this));
  worker_.audit.metrics.sessions.take();
}

Task<void> Session::serve() {
  snapshot_ = worker_.snapshot;
  if (!co_await greet()) co_return;
  while (!draining_ && !is_retired() && co_await serve_one() == Next::keep_alive) {
  }
  if (auto kept = upstream_.give_up(); kept && !draining_)
    worker_.spares.keep(std::move(*kept), identity_);
  co_await client_.stop_reading();
  if ((owes_leave_ || interrupts_client()) && !stopped_) co_await take_leave();
  co_await client_.stop_reading();
  if (client_.stream().tls() == nullptr || stopped_) co_return;
  deadline_.arm(worker_.settings.limits.stall_time);
  co_await client_.stream().end_sending();
}

/// Completes TLS where the listener has it, and adds the certificate to the identity.
/// \returns false if this client is not served.
Task<bool> Session::greet() {
  const auto context = snapshot_->listeners[identity_.listener];
  if (!context) co_return true;
  std::optional<Reason> reason;
  Charge handshake(held_);
  if (!snapshot_->policy->may_serve(identity_)) {
    reason = Reason::client_unknown;
    if (may_log(acl::id(*reason)))
      spdlog::info("{}: {} is not served: {}: no rule could match it", identity_.listener_name,
                   identity_.address, acl::id(*reason));
  } else if (!handshake.hold(handshake_bytes)) {
    reason = Reason::limit_memory;
    if (may_log(acl::id(*reason)))
      spdlog::info("{}: {} is not served: {}: {}", identity_.listener_name, identity_.address,
                   acl::id(*reason), held_.why_not_more());
  } else {
    client_.stream().secure(context);
    const auto limit = worker_.settings.limits.handshake_time;
    reason = co_await shake_hands(client_.stream(), deadline_, limit, identity_);
  }
  handshake_.reset();
  if (!reason) {
    verified_by_ = context;
    holds_until_ = client_.stream().tls()->holds_until();
    co_return true;
  }
  take_snapshot();
  Turn nothing(*this);
  nothing.decided.refuse(Refusal(draining_ ? Reason::draining : *reason));
  const auto* tls = client_.stream().tls();  // null: there was no handshake
  if (auto shown = tls != nullptr ? tls->peer() : std::nullopt)
    nothing.record.shown(std::move(shown->common_name), std::move(shown->serial));
  if (auto culprit = tls != nullptr ? tls->culprit() : std::nullopt)
    nothing.record.verification_failed_at(std::move(*culprit));
  co_return false;
}

/// Each request keeps one snapshot, so a reload never splits a decision.
void Session::take_snapshot() {
  if (snapshot_ == worker_.snapshot && profile_ != nullptr) return;
  snapshot_ = worker_.snapshot;
  profile_ = &snapshot_->policy->profile_of(identity_);
}

Session::Turn::Turn(Session& session)
    : lease(session.worker_.workspaces),
      body(session.worker_.bodies, session.held_),
      asked(session.held_),
      terms(terms_of(session.snapshot_->web_rules[session.identity_.listener],
                     session.worker_.settings.limits)),
      decided(*session.profile_, session.identity_, terms, work.deciding),
      record(session.worker_.audit, session.identity_, decided) {
  terms.known = &session.worker_.known;
  terms.exec_commands = session.worker_.settings.audit.exec_commands;
}

/// Serves one request, as drawn in proxy/README.md.
Task<Next> Session::serve_one() {
  idle_ = true;
  const auto arrived = co_await client_.read_head(deadline_, idle_time(), head_);
  idle_ = false;
  if (!arrived && arrived.error().left) co_return Next::close;

  take_snapshot();
  Turn turn(*this);
  if (arrived)
    co_await decide(turn);
  else
    turn.decided.refuse(Refusal(arrived.error().reason));
  if (is_retired()) head_.keep_alive = false;
  // If the head was not understood, we cannot tell where the next request begins.
  if (!turn.decided.understood()) head_.keep_alive = false;
  if (turn.decided.allowed() && !turn.record.has_room()) co_await await_room(turn);
  if (turn.decided.allowed() && turn.record.needs_notice()) co_await announce(turn);
  if (turn.decided.allowed())
    if (const auto ended = why_too_late(turn)) turn.decided.refuse(Refusal(*ended));
  if (!turn.decided.allowed()) co_return co_await refuse(*turn.decided.decision().refusal, turn);
  co_return co_await forward(turn);
}

/// Gives the Case what its plan asks for, until the decision is final.
Task<void> Session::decide(Turn& turn) {
  auto& decided = turn.decided;
  const bool keeps_requests = worker_.settings.audit.requests;
  const auto asked = http::view_of(head_);
  if (keeps_requests) turn.record.asked(asked.target, asked.content_type);
  const auto& plan = decided.head(asked);
  if (!decided.understood()) co_return;  // the head is still unread, and the body behind it
  if (const auto ended = why_certificate_ended()) co_return decided.refuse(Refusal(*ended));
  if (!decided.denied()) {
    turn.work.head.clear();
    http::begin_request_head(decided.request(), head_, decided.habits(), decided.upgrade(),
                             turn.work.head);
  }
  client_.consume_head(head_);
  const bool hijacks = acl::info(decided.request().operation).has(acl::hijacks);
  client_.permit_bare_end(hijacks);
  charge(turn);
  const bool has_body_to_judge = plan.body != Body::none && plan.body != Body::pass;
  if (plan.lookups.empty() && !has_body_to_judge) co_return;
  if (!decided.denied() && !turn.record.has_room()) co_await await_room(turn);
  turn.record.leave_room();
  if (!plan.lookups.empty()) co_await look_up(turn);  // before the client is asked for its body
  if (!has_body_to_judge) co_return;
  const auto reason = co_await read_body(plan, turn);
  client_.permit_bare_end(hijacks);
  if (keeps_requests) turn.record.asked(turn.body.text());
  if (reason)
    decided.refuse(Refusal(*reason));
  else if (plan.body != Body::drop)
    decide_with_body(turn);
  if (!plan.lookups.empty()) co_await look_up(turn);
  charge(turn);
}

/// Waits until the queue of records has room for this one, and refuses the request if that takes
/// too long: the engine hears of no request whose record might be lost.
Task<void> Session::await_room(Turn& turn) {
  constexpr std::chrono::milliseconds between_looks{50};
  const auto ends = AuditRecord::Clock::now() + worker_.settings.audit.wait_time;
  net::steady_timer timer(worker_.loop);
  while (!turn.record.has_room()) {
    if (stopped_) co_return turn.decided.refuse(Refusal(Reason::draining));
    if (AuditRecord::Clock::now() >= ends)
      co_return turn.decided.refuse(Refusal(Reason::audit_unavailable));
    timer.expires_after(between_looks);
    co_await timer.async_wait(as_result);
  }
}

/// Waits until the notice of a stream is written, so that a tidegate that is killed leaves a trace
/// of all that the engine was asked to begin. Refuses the stream if that takes too long.
Task<void> Session::announce(Turn& turn) {
  net::steady_timer wait(worker_.loop, worker_.settings.audit.wait_time);
  notice_wait_ = &wait;
  const bool is_written = co_await turn.record.announce(wait);
  notice_wait_ = nullptr;
  if (stopped_)
    turn.decided.refuse(Refusal(Reason::draining));
  else if (!is_written)
    turn.decided.refuse(Refusal(Reason::audit_unavailable));
}

/// Asks the engine what the Case wants to know. Nothing of the request has been sent yet, and a
/// client that leaves meanwhile ends it.
Task<void> Session::look_up(Turn& turn) {
  auto& decided = turn.decided;
  const auto questions = decided.plan().lookups;
  const auto began = AuditRecord::Clock::now();
  use_spare();
  deadline_.watch_wait();
  HeldBody answer(worker_.bodies, held_);
  LookUp look_up(upstream_, answer, means());
  look_up_ = &look_up;
  auto found = co_await look_up.run(questions);
  look_up_ = nullptr;
  deadline_.stop_watching();
  deadline_.disarm();
  turn.record.looked_up(questions.size(), AuditRecord::Clock::now() - began);
  if (client_.is_gone()) found.failure = Reason::client_left;
  if (stopped_) found.failure = Reason::draining;
  if (!found.failure)
    decided.facts(found.facts);
  else if (found.failure == Reason::client_left || found.failure == Reason::draining)
    decided.refuse(Refusal(*found.failure));
  else
    decided.no_facts(because(*found.failure, turn.record));
  if (decided.denied() && found.words) turn.engines_words = std::move(found.words);
  if (decided.restated()) http::restate_target(decided.request(), decided.habits(), turn.work.head);
  if (const auto& member = decided.unknown_member(); !member.empty()) note_unknown_member(member);
}

/// Tells the operator once per process that the engine is newer than tidegate knows.
void Session::note_unknown_member(const std::string& member) {
  worker_.audit.metrics.unknown_members.add();
  static std::atomic_flag noted;
  if (!noted.test_and_set())
    spdlog::warn(
        "the engine's answer about an object has a member '{}' that tidegate does not know; "
        "is there a newer tidegate?",
        member);
}

void Session::use_spare() {
  if (upstream_.is_open()) return;
  if (auto kept = worker_.spares.take(identity_)) upstream_.take_over(std::move(*kept));
}

/// Counts the memory of the head, which is large if the target is long.
void Session::charge(Turn& turn) {
  if (!turn.decided.denied() && !turn.asked.hold(turn.work.asked()))
    turn.decided.refuse(Refusal(Reason::limit_memory));
}

/// Reads as much of the body as the plan asks for. \returns why it could not be read.
Task<std::optional<Reason>> Session::read_body(acl::Plan plan, Turn& turn) {
  deadline_.arm(worker_.settings.limits.body_time);
  co_await invite_body(turn);
  std::optional<Reason> reason;
  if (plan.body == Body::whole) reason = co_await client_.read_body(plan.body_bytes, turn.body);
  if (plan.body == Body::first) reason = co_await client_.read_first(plan.first_bytes, turn.body);
  if (plan.body == Body::drop) reason = co_await client_.drop_body(plan.body_bytes);
  if (reason && deadline_.expired()) reason = Reason::body_timeout;
  deadline_.disarm();
  co_return reason;
}

/// A decision never waits, so one Scratch serves all connections of a worker. The body to be sent
/// is moved out of it at once; the parsed document need not be held while the engine works.
void Session::decide_with_body(Turn& turn) {
  auto& scratch = worker_.deciding.scratch();
  const bool whole = turn.decided.plan().body == Body::whole;
  if (whole) turn.record.count_in(turn.body.text().size());
  turn.decided.body(turn.body.text(), scratch);
  if (whole && scratch.body.empty())
    turn.body.give_back();
  else if (whole && !turn.body.swap(scratch.body))
    turn.decided.refuse(Refusal(Reason::limit_memory));
  worker_.deciding.done();
}

Task<void> Session::invite_body(const Turn& turn) {
  if (!turn.decided.expects_continue() || client_.body_begun() || client_.body_complete())
    co_return;
  constexpr std::string_view invitation = "HTTP/1.1 100 Continue\r\n\r\n";
  co_await client_.stream().write(invitation);
}

/// Completes the engine's head now that the body is known, and sends both.
Task<Next> Session::forward(Turn& turn) {
  const auto planned = turn.decided.plan().body;
  Outgoing outgoing{.request = turn.decided.request(), .body = turn.body, .head = turn.work.head};
  http::OutgoingBody body;
  if (planned == Body::first || planned == Body::pass) {
    co_await invite_body(turn);
    outgoing.first = turn.body.text();
    outgoing.streamed = head_.framing;
    body = {head_.framing, head_.length};
  } else if (!turn.body.text().empty()) {
    outgoing.held = turn.body.text();
    body = {Framing::length, outgoing.held.size()};
  }
  http::end_request_head(body, turn.work.head);
  co_return co_await exchange(outgoing, turn);
}

Task<Next> Session::exchange(const Outgoing& outgoing, Turn& turn) {
  auto& record = turn.record;
  use_spare();
  RewrittenAnswer rewritten(turn.decided, held_);
  const bool rewrites = turn.decided.plan().answer != acl::Plan::Answer::pass;
  const Question question{.request = turn.decided.request(),
                          .http_1_0 = head_.minor_version == 0,
                          .upgrades = !turn.decided.upgrade().empty(),
                          .keep_alive = head_.keep_alive && head_.minor_version != 0,
                          .filters = rewrites ? &rewritten : nullptr};
  Answer answer(upstream_.stream(), client_.stream(), means(), turn.work.answer, question);
  Exchange exchange(client_, upstream_, means(), answer, outgoing);
  exchange_ = &exchange;
  if (draining_) exchange.close_after();
  const auto next = co_await exchange.run();
  exchange_ = nullptr;
  deadline_.stop_watching();
  if (exchange.sent_at() != Exchange::Clock::time_point())
    record.sent_on(exchange.sent_at(), exchange.answered_at());
  record.count_in(exchange.sent());
  record.count_out(answer.sent());
  if (!next) {
    const auto reason = why_cut().value_or(next.error());
    const auto why = because(reason, record);
    if (exchange.reached_engine())
      record.failed(reason);
    else
      turn.decided.refuse(why);
    co_return co_await refuse(why, turn);
  }

  record.answered(answer.status());
  if (*next == Next::tunnel) co_await tunnel(answer.behind_head(), record);
  if (answer.failure() || stream_ended_by_) {  // an answer may seem to end where its stream was cut
    const auto cut = why_cut();
    if (const auto reason = cut ? cut : exchange.failure()) record.failed(*reason);
    client_.stream().break_off();
  }
  owes_leave_ = !client_.body_complete();
  co_return *next;
}

/// Why we have ended what was running.
std::optional<Reason> Session::why_cut() const {
  return stopped_ ? std::optional(Reason::draining) : stream_ended_by_;
}

/// A refusal that says, if the engine cannot be reached, what is in the way.
Refusal Session::because(Reason reason, AuditRecord& record) const {
  const auto* fault = upstream_.fault();
  if (fault == nullptr || fault->reason != reason) return Refusal(reason);
  record.caused_by(fault->id);
  return {reason, fault->message()};
}

Task<void> Session::tunnel(LeasedBuffer& behind_head, AuditRecord& record) {
  Tunnel tunnel(client_, upstream_.stream(), means());
  worker_.audit.metrics.tunnels.add();
  tunnel_ = &tunnel;
  co_await tunnel.run(behind_head);
  tunnel_ = nullptr;
  worker_.audit.metrics.tunnels.take();
  upstream_.close();
  record.count_in(tunnel.from_client());
  record.count_out(tunnel.from_upstream());
  if (tunnel.ended_without_notice()) record.ended_without_notice();
  if (const auto cut = why_cut()) record.failed(*cut);
  if (deadline_.expired() && !tunnel.upstream_done()) record.failed(Reason::tunnel_idle);
}

/// Answers in tidegate's own name. The connection is kept only if it is certain where the next
/// request begins.
Task<Next> Session::refuse(Refusal refusal, Turn& turn) {
  if (refusal.reason == Reason::limit_memory) refusal.message = held_.why_not_more();
  turn.body.give_back();
  const bool go_on = co_await may_go_on(refusal.reason, turn);
  const auto connection = go_on ? http::Connection::unsaid : http::Connection::close;
  const bool to_head = turn.decided.request().method == acl::Method::head;
  auto& answer = turn.work.answer.head_out;
  answer.clear();
  auto status = static_cast<unsigned>(acl::status(refusal.reason));
  if (const auto& words = turn.engines_words; words && refusal.reason != Reason::limit_memory) {
    http::append_answer(words->status, words->content_type, words->body, connection, to_head,
                        answer);
    status = words->status;
  } else {
    http::append_refusal(refusal, connection, to_head, answer);
  }
  deadline_.arm(worker_.settings.limits.tunnel_linger_time);
  const auto [error, n] = co_await client_.stream().write(answer);
  if (!error) turn.record.answered(status);
  owes_leave_ = !error && !go_on;
  co_return go_on && !error ? Next::keep_alive : Next::close;
}

Task<bool> Session::may_go_on(Reason reason, Turn& turn) {
  const int status = acl::status(reason);
  const bool by_policy = status == 403 || reason == Reason::operation_unknown;
  const bool well_formed = by_policy || status >= 500 || turn.engines_words;
  if (reason == Reason::client_unknown || reason == why_certificate_ended())
    co_return false;  // nor would its next request be served
  if (!well_formed || !head_.keep_alive || head_.minor_version == 0 || draining_ || client_.end())
    co_return false;
  if (client_.body_complete()) co_return true;
  if (!by_policy || turn.decided.expects_continue()) co_return false;
  const auto most = worker_.settings.limits.body_bytes;
  co_return !co_await read_body({.body = Body::drop, .body_bytes = most}, turn);
}

/// Reads the client's side to its end, within bounds: closing with unread input would reset the
/// connection, and the client might lose the answer.
Task<void> Session::take_leave() {
  const auto& limits = worker_.settings.limits;
  deadline_.arm(limits.tunnel_linger_time);
  co_await client_.stream().end_sending();
  co_await client_.discard(limits.body_bytes);
}

/// Called from time to time while the engine works, so that a client's leaving is noticed.
/// Repeated, because a read that brings bytes says nothing about the end.
void Session::watch_client() {
  constexpr std::uint8_t ticks_between_looks = 10;
  if (tunnel_ != nullptr)
    tunnel_->look_out();
  else if (exchange_ != nullptr)
    exchange_->look_out();
  else
    client_.look_out();
  deadline_.watch_wait(ticks_between_looks);
}

void Session::client_ended() {
  if (exchange_ != nullptr) return exchange_->client_ended();
  if (look_up_ != nullptr && client_.is_gone()) look_up_->cancel();
}

void Session::drain() {
  draining_ = true;
  if (exchange_ != nullptr) exchange_->close_after();
  if (idle_ && client_.buffer().empty()) cancel();
}

void Session::stop() {
  stopped_ = true;
  drain();
  cancel();
}

Means Session::means() {
  return {deadline_, worker_.settings.limits, worker_.buffers, worker_.pipes, worker_.heads};
}

void Session::cancel() {
  client_.stream().cancel();
  upstream_.cancel();
  if (look_up_ != nullptr) look_up_->cancel();
  if (notice_wait_ != nullptr) notice_wait_->cancel();
}

}  // namespace proxy
