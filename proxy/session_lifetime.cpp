// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "proxy/handshake.hpp"
#include "proxy/session.hpp"
#include "proxy/worker.hpp"

namespace proxy {

using acl::Reason;

/// A certificate and its lists last for a time, and a reload may bring another list or authority:
/// whoever was served before is judged again by these, once.
std::optional<Reason> Session::why_certificate_ended() {
  if (verified_by_ == nullptr) return std::nullopt;
  const auto& in_force = worker_.snapshot->listeners[identity_.listener];
  if (verified_by_ == in_force && std::chrono::system_clock::now() < holds_until_)
    return std::nullopt;
  const auto validity = client_.stream().tls()->verify_again(*in_force);
  if (validity.failure != tls::Failure::none) return reason_of(validity.failure);
  verified_by_ = in_force;
  holds_until_ = validity.until;
  return std::nullopt;
}

bool Session::is_retired() const {
  return retires_at_ != AuditRecord::Clock::time_point::max() &&
         AuditRecord::Clock::now() >= retires_at_;
}

/// Whether we end a connection on which the client has already sent its next request.
bool Session::interrupts_client() {
  if (!client_.stream().is_open() || (!draining_ && !is_retired())) return false;
  return !client_.buffer().empty() || client_.stream().readable();
}

/// How long the connection may wait for its next request.
std::chrono::milliseconds Session::idle_time() const {
  using std::chrono::milliseconds;
  const auto most = worker_.settings.limits.idle_time;
  if (retires_at_ == AuditRecord::Clock::time_point::max()) return most;
  const auto left = std::chrono::ceil<milliseconds>(retires_at_ - AuditRecord::Clock::now());
  return std::clamp(left, milliseconds(1), most);
}

bool Session::has_stream() const {
  return tunnel_ != nullptr || (exchange_ != nullptr && exchange_->lasts());
}

bool Session::ends_streams() const {
  const auto& tls = worker_.settings.listeners[identity_.listener].tls;
  return tls && tls->on_revocation == "close";
}

/// Why a request that was allowed is not sent on: its body may have come long after its head, and a
/// stream that opened now would have been ended meanwhile.
std::optional<Reason> Session::why_too_late(const Turn& turn) {
  if (const auto ended = why_certificate_ended()) return ended;
  const bool lasts = acl::info(turn.decided.request().operation).has(acl::lasting);
  return lasts && ends_streams() ? why_profile_lost() : std::nullopt;
}

std::optional<Reason> Session::outlives() {
  if (verified_by_ == nullptr || !has_stream() || stream_ended_by_) return std::nullopt;
  auto ended = why_certificate_ended();
  if (!ended) ended = why_profile_lost();
  if (!ended) return std::nullopt;
  if (!ends_streams()) return ended;
  stream_ended_by_ = ended;
  client_.stream().cut();
  upstream_.cut();
  return std::nullopt;
}

/// The profile may have changed under its name: what runs keeps the policy that it began with.
std::optional<Reason> Session::why_profile_lost() const {
  const auto& in_force = worker_.snapshot->policy;
  if (snapshot_->policy == in_force) return std::nullopt;
  const auto& now = in_force->profile_of(identity_);
  if (now.is_nobodys()) return Reason::client_unknown;
  if (now.name() != profile_->name()) return Reason::client_profile_changed;
  return std::nullopt;
}

}  // namespace proxy
