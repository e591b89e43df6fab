// SPDX-License-Identifier: Apache-2.0
#include "proxy/session.hpp"

#include <spdlog/spdlog.h>

#include "proxy/handshake.hpp"
#include "proxy/tunnel.hpp"
#include "proxy/worker.hpp"

namespace proxy {
namespace {

acl::Decision denied(acl::Decision decision, acl::Reason reason) {
  decision.verdict = acl::Verdict::deny;
  decision.reason = reason;
  decision.message = acl::meaning(reason);
  return decision;
}

}  // namespace

using acl::Reason;
using acl::Refusal;
using acl::Verdict;
using http::Framing;

Session::Session(Socket client, acl::Identity& identity, HeldBytes& held, Worker& worker)
    : worker_(worker),
      identity_(identity),
      held_(held),
      client_(std::move(client), worker.settings.limits, held, [this] { client_ended(); }),
      upstream_(worker.loop, worker.settings.upstream, worker.snapshot),
      deadline_(
          worker.deadlines, [this] { cancel(); }, [this] { watch_client(); }),
      draining_(worker.draining) {
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
  while (!draining_ && co_await serve_one() == Next::keep_alive) {
  }
  if (auto kept = upstream_.give_up(); kept && !draining_)
    worker_.spares.keep(std::move(*kept), identity_);
  if (owes_leave_ && !stopped_) co_await take_leave();
  co_await client_.stop_reading();
  if (client_.stream().tls() == nullptr || stopped_) co_return;
  deadline_.arm(worker_.settings.limits.stall_time);
  co_await client_.stream().end_sending();
}

/// Who is there? Of a plain connection that is known; over TLS the certificate tells.
Task<bool> Session::greet() {
  const auto context = snapshot_->listeners[identity_.listener];
  if (!context) co_return true;
  std::optional<Reason> reason;
  Charge handshake(held_);
  if (!snapshot_->policy->may_serve(identity_)) {
    reason = Reason::client_unknown;
    spdlog::info("{}: {} is not served: {}: no rule could match it", identity_.listener_name,
                 identity_.address, acl::id(*reason));
  } else if (!handshake.hold(handshake_bytes)) {
    reason = Reason::limit_memory;
    spdlog::info("{}: {} is not served: {}: {}", identity_.listener_name, identity_.address,
                 acl::id(*reason), held_.why_not_more());
  } else {
    client_.stream().secure(context);
    const auto limit = worker_.settings.limits.handshake_time;
    reason = co_await shake_hands(client_.stream(), deadline_, limit, identity_);
  }
  if (!reason) co_return true;
  const acl::Request nothing;
  AuditRecord record(worker_.audit, identity_, nothing);
  record.refused(draining_ ? Reason::draining : *reason);
  co_return false;
}

/// One snapshot a request: a reload never splits a decision.
void Session::take_snapshot() {
  if (snapshot_ == worker_.snapshot && profile_ != nullptr) return;
  snapshot_ = worker_.snapshot;
  profile_ = &snapshot_->policy->profile_of(identity_);
}

/// The way of one request, as proxy/README.md draws it. The AuditRecord writes itself when it
/// leaves scope, so no return skips it.
Task<Next> Session::serve_one() {
  idle_ = true;
  const auto arrived = co_await client_.read_head(deadline_, head_);
  idle_ = false;
  if (!arrived && arrived.error().left) co_return Next::close;

  take_snapshot();
  Workspaces::Lease lease(worker_.workspaces);
  work_ = &*lease;
  HeldBody body(worker_.bodies, held_);
  body_ = &body;
  Charge asked(held_);
  AuditRecord record(worker_.audit, identity_, work_->request);
  if (!arrived) {
    head_.keep_alive = false;  // where the next request would begin is anybody's guess
    co_return co_await refuse(Refusal(arrived.error().reason), record);
  }
  if (const auto refusal = understand()) {
    record.asked(head_.method, head_.target);
    head_.keep_alive = false;  // the head is still unread, and the body behind it
    co_return co_await refuse(*refusal, record);
  }

  auto decision = profile_->decide(identity_, work_->request);
  habits_ = decision.habits;
  if (decision.verdict != Verdict::deny) write_head();
  client_.consume_head(head_);
  const auto is_too_much = [&] { return !asked.hold(work_->asked()); };
  if (is_too_much())
    decision = denied(std::move(decision), Reason::limit_memory);
  else if (decision.verdict == Verdict::needs_body)
    decision = co_await decide_with_body(std::move(decision), record);
  else if (decision.verdict == Verdict::allow && decision.first_bytes != 0)
    decision = co_await decide_with_first_bytes(std::move(decision));
  if (decision.verdict == Verdict::allow && is_too_much())
    decision = denied(std::move(decision), Reason::limit_memory);
  record.decided(decision);

  if (decision.verdict != Verdict::allow) {
    Refusal refusal(decision.reason, std::move(decision.message));
    co_return co_await refuse(std::move(refusal), record);
  }
  co_return co_await forward(record);
}

std::optional<Refusal> Session::understand() {
  const acl::TargetLimits bounds{worker_.settings.limits.query_parameters};
  if (auto refusal = acl::understand(head_.method, head_.target, bounds, work_->request))
    return refusal;
  if (auto refusal = acl::check_sender(head_.sender, snapshot_->web_rules[identity_.listener]))
    return refusal;
  const acl::Headers headers{head_.value_of("Content-Type"), head_.value_of("Upgrade"),
                             head_.framing != Framing::none};
  upgrade_ = acl::upgrade_to_ask(work_->request, headers);
  const auto expectation = head_.value_of("Expect");
  expects_continue_ = http::equals_ignoring_case(expectation, "100-continue");
  if (!expectation.empty() && !expects_continue_) return Refusal(Reason::expectation_unknown);
  return acl::check_headers(work_->request, headers);
}

void Session::write_head() {
  work_->head.clear();
  http::begin_request_head(work_->request, head_, habits_, upgrade_, work_->head);
}

Task<acl::Decision> Session::decide_with_body(acl::Decision decision, AuditRecord& record) {
  if (const auto reason = co_await read_whole_body())
    co_return denied(std::move(decision), *reason);
  record.count_in(body_->text().size());
  auto with_body =
      profile_->decide(identity_, work_->request, body_->text(), worker_.deciding.scratch());
  take_out(with_body);
  co_return with_body;
}

/// Keeps of a decision what is still needed. The next one may be due before this request is over,
/// and while the engine works on it a document would be held for nothing.
void Session::take_out(acl::Decision& decision) {
  auto& scratch = worker_.deciding.scratch();
  if (!decision.dropped.empty()) work_->dropped.swap(scratch.conformance.dropped);
  if (!decision.enforced.empty()) work_->enforced.swap(scratch.enforced);
  decision.dropped = work_->dropped;
  decision.enforced = work_->enforced;
  const bool sends = decision.verdict == Verdict::allow && !decision.body.empty();
  if (!sends) body_->give_back();
  if (sends && !body_->swap(scratch.body))
    decision = denied(std::move(decision), Reason::limit_memory);
  decision.body = body_->text();
  worker_.deciding.done();
}

/// Looks at how an opaque body begins; what has been read of it is sent on with the rest.
Task<acl::Decision> Session::decide_with_first_bytes(acl::Decision decision) {
  deadline_.arm(worker_.settings.limits.body_time);
  co_await invite_body();
  const auto reason = co_await client_.read_first(decision.first_bytes, *body_);
  const bool late = reason && deadline_.expired();
  deadline_.disarm();
  if (reason) co_return denied(std::move(decision), late ? Reason::body_timeout : *reason);
  co_return profile_->decide_first_bytes(identity_, work_->request, body_->text());
}

Task<std::optional<Reason>> Session::read_whole_body() {
  const auto& limits = worker_.settings.limits;
  deadline_.arm(limits.body_time);
  co_await invite_body();
  const auto reason = co_await client_.read_body(limits.body_bytes, *body_);
  if (reason && deadline_.expired()) co_return Reason::body_timeout;
  deadline_.disarm();
  co_return reason;
}

/// Of a body that nobody wants only the end is of interest: the next request begins there.
Task<std::optional<Reason>> Session::drop_body() {
  const auto& limits = worker_.settings.limits;
  deadline_.arm(limits.body_time);
  co_await invite_body();
  const auto reason = co_await client_.drop_body(limits.body_bytes);
  if (reason && deadline_.expired()) co_return Reason::body_timeout;
  deadline_.disarm();
  co_return reason;
}

Task<void> Session::invite_body() {
  if (!expects_continue_ || client_.body_begun() || client_.body_complete()) co_return;
  constexpr std::string_view invitation = "HTTP/1.1 100 Continue\r\n\r\n";
  co_await client_.stream().write(invitation);
}

/// Ends the engine's head now that the body is known, and sends both on.
Task<Next> Session::forward(AuditRecord& record) {
  Outgoing outgoing{.request = work_->request, .body = *body_};
  http::OutgoingBody body;
  switch (acl::info(work_->request.operation).body) {
    case acl::BodyKind::json: outgoing.held = body_->text(); break;
    case acl::BodyKind::opaque:
      co_await invite_body();
      outgoing.first = body_->text();
      outgoing.streamed = head_.framing;
      body = {head_.framing, head_.length};
      break;
    case acl::BodyKind::none: {  // dockerode repeats queries as bodies: read, as a rule not sent on
      const bool keeps = habits_ == acl::Habits::keep;
      auto reason = co_await (keeps ? read_whole_body() : drop_body());
      if (keeps && !reason && !restate_body()) reason = Reason::limit_memory;
      if (reason) co_return co_await refuse(Refusal(*reason), record);
      outgoing.held = body_->text();
      break;
    }
  }
  if (!outgoing.held.empty()) body = {Framing::length, outgoing.held.size()};
  http::end_request_head(body, work_->head);
  outgoing.head = work_->head;
  co_return co_await exchange(outgoing, record);
}

/// \returns false where what is sent would be too much to hold.
bool Session::restate_body() {
  auto& scratch = worker_.deciding.scratch();
  acl::restate(body_->text(), scratch);
  const bool fits = body_->swap(scratch.body);
  worker_.deciding.done();
  return fits;
}

Task<Next> Session::exchange(const Outgoing& outgoing, AuditRecord& record) {
  if (!upstream_.is_open())
    if (auto kept = worker_.spares.take(identity_)) upstream_.take_over(std::move(*kept));
  const Question question{.request = work_->request,
                          .http_1_0 = head_.minor_version == 0,
                          .upgrades = !upgrade_.empty(),
                          .keep_alive = head_.keep_alive && head_.minor_version != 0};
  Answer answer(upstream_.stream(), client_.stream(), means(), work_->answer, question);
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
  if (!next) co_return co_await refuse(Refusal(stopped_ ? Reason::draining : next.error()), record);

  record.answered(answer.status());
  if (*next == Next::tunnel) co_await tunnel(answer.behind_head(), record);
  if (const auto failure = answer.failure()) {
    record.refused(stopped_ ? Reason::draining : *failure);
    client_.stream().break_off();
  }
  owes_leave_ = !client_.body_complete();
  co_return *next;
}

Task<void> Session::tunnel(std::string_view behind_head, AuditRecord& record) {
  Tunnel tunnel(client_, upstream_.stream(), means());
  worker_.audit.metrics.tunnels.add();
  co_await tunnel.run(behind_head);
  worker_.audit.metrics.tunnels.take();
  upstream_.close();
  record.count_in(tunnel.from_client());
  record.count_out(tunnel.from_upstream());
  if (stopped_) record.refused(Reason::draining);
  if (deadline_.expired() && !tunnel.upstream_done()) record.refused(Reason::tunnel_idle);
}

/// Answers in tidegate's own name. The connection lives on only where the next request's first byte
/// is known to be one.
Task<Next> Session::refuse(Refusal refusal, AuditRecord& record) {
  if (refusal.reason == Reason::limit_memory) refusal.message = held_.why_not_more();
  body_->give_back();
  const bool go_on = co_await may_go_on(refusal);
  const auto connection = go_on ? http::Connection::unsaid : http::Connection::close;
  auto& answer = work_->answer.head_out;
  answer.clear();
  http::append_refusal(refusal, connection, work_->request.method == acl::Method::head, answer);
  record.refused(refusal.reason);
  record.answered(static_cast<unsigned>(acl::status(refusal.reason)));
  deadline_.arm(worker_.settings.limits.tunnel_linger_time);
  const auto [error, n] = co_await client_.stream().write(answer);
  owes_leave_ = !error && !go_on;
  co_return go_on && !error ? Next::keep_alive : Next::close;
}

Task<bool> Session::may_go_on(const Refusal& refusal) {
  const int status = acl::status(refusal.reason);
  const bool well_formed = status == 403 || status >= 500;
  if (refusal.reason == Reason::client_unknown) co_return false;  // and so for its next request
  if (!well_formed || !head_.keep_alive || head_.minor_version == 0 || draining_ || client_.end())
    co_return false;
  if (client_.body_complete()) co_return true;
  if (status != 403 || expects_continue_) co_return false;
  co_return !co_await drop_body();
}

/// A close with unread input resets the connection and may take the answer with it; so the client's
/// side is read to its end first, within bounds.
Task<void> Session::take_leave() {
  const auto& limits = worker_.settings.limits;
  deadline_.arm(limits.tunnel_linger_time);
  co_await client_.stream().end_sending();
  co_await client_.discard(limits.body_bytes);
}

/// While the engine takes its time. A read that has brought bytes does not bring the end, so this
/// comes again.
void Session::watch_client() {
  constexpr std::uint8_t ticks_between_looks = 10;
  client_.read_ahead();
  deadline_.watch_wait(ticks_between_looks);
}

void Session::client_ended() {
  if (exchange_ != nullptr) exchange_->client_ended();
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
  return {deadline_, worker_.settings.limits, worker_.buffers, worker_.pipes};
}

void Session::cancel() {
  client_.stream().cancel();
  upstream_.cancel();
}

}  // namespace proxy
