// SPDX-License-Identifier: Apache-2.0
#include "proxy/upstream.hpp"

#include <sys/socket.h>

#include <utility>

#include "proxy/descriptors.hpp"
#include "proxy/resolver.hpp"

namespace proxy {

using acl::Reason;

void Upstream::take_over(Stream kept) {
  stream_ = std::move(kept);
  used_ = between_answers_ = true;
  api_minor_ = 0;
  fault_.reset();
}

std::optional<Stream> Upstream::give_up() {
  if (!stream_.is_open() || !between_answers_) return std::nullopt;
  return std::move(stream_);
}

Task<std::optional<Reason>> Upstream::open(Deadline& deadline, std::chrono::milliseconds limit) {
  if (is_open()) co_return std::nullopt;
  if (cut_) co_return Reason::upstream_unreachable;
  close();  // forgets half a message whose write has ended after the last close()
  used_ = false;
  api_minor_ = 0;
  fault_.reset();
  deadline.arm(limit);
  Opening opening(stream_.get_executor());
  opening_ = &opening;
  auto reason = co_await open_within(deadline);
  opening_ = nullptr;
  if (cut_) reason = Reason::upstream_unreachable;
  if (reason && !cut_ && deadline.expired()) {
    reason = Reason::upstream_timeout;
    failed(late(opening.stage, limit));
  }
  deadline.disarm();
  if (reason) close();
  co_return reason;
}

EngineFault Upstream::late(Opening::Stage stage, std::chrono::milliseconds limit) const {
  switch (stage) {
    case Opening::Stage::resolving: return late_name_fault(address_, limit);
    case Opening::Stage::connecting: return late_fault(address_, limit);
    case Opening::Stage::securing: break;
  }
  return silent_fault(address_, limit);
}

Task<std::optional<Reason>> Upstream::open_within(Deadline& deadline) {
  auto error = co_await connect();
  // A Unix listener with a full backlog returns EAGAIN at once instead of letting us wait.
  while (error == net::error::try_again && !deadline.expired()) {
    close();
    opening_->wait.expires_after(std::chrono::milliseconds(5));
    const auto [interrupted] = co_await opening_->wait.async_wait(as_result);
    error = interrupted ? interrupted : co_await connect();
  }
  if (lacks_descriptor(error)) co_return Reason::limit_descriptors;
  if (!error) co_return co_await secure();
  if (error != net::error::operation_aborted) failed(fault_of(address_, error));
  co_return Reason::upstream_unreachable;
}

Task<error_code> Upstream::connect() {
  if (address_.kind == config::Address::Kind::unix_socket) co_return connect_unix();
  const auto error = co_await connect_tcp();
  if (!error) set_tcp_options(stream_.socket().native_handle());
  co_return error;
}

/// A Unix socket connects at once or not at all. Asio cannot be used: it takes the EAGAIN of a full
/// backlog for a connection in progress, finds the socket writable and reports it as connected.
error_code Upstream::connect_unix() {
  const auto endpoint = endpoint_of(address_);
  auto& socket = stream_.socket();
  error_code error;
  socket.open(endpoint.protocol(), error);
  if (!error) socket.native_non_blocking(true, error);
  if (error) return error;
  if (::connect(socket.native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) ==
      0)
    return {};
  return {errno, boost::system::system_category()};
}

Task<error_code> Upstream::connect_tcp() {
  error_code not_literal;
  net::ip::make_address(address_.host, not_literal);
  if (not_literal) co_return co_await connect_by_name();
  const auto [error] = co_await stream_.socket().async_connect(endpoint_of(address_), as_result);
  co_return error;
}

/// Resolves the name for each connection, since a restarted container may have a new address.
Task<error_code> Upstream::connect_by_name() {
  auto& resolver = net::use_service<Resolver>(stream_.get_executor().context());
  opening_->stage = Opening::Stage::resolving;
  const auto found = co_await resolver.resolve(address_, opening_->wait);
  if (found.error) co_return found.error;
  opening_->stage = Opening::Stage::connecting;
  error_code error = net::error::host_not_found;
  for (const auto& entry : found.addresses) {
    close();
    const Endpoint endpoint(entry.endpoint());
    const auto [refused] = co_await stream_.socket().async_connect(endpoint, as_result);
    error = refused;
    if (!error || error == net::error::operation_aborted) break;
  }
  co_return error;
}

/// Completes TLS: verifies the engine's certificate and presents ours.
Task<std::optional<Reason>> Upstream::secure() {
  const auto context = snapshot_->upstream;
  if (!context) co_return std::nullopt;
  opening_->stage = Opening::Stage::securing;
  stream_.secure(context);
  if (co_await stream_.handshake()) co_return std::nullopt;
  const auto* tls = stream_.tls();
  if (tls->failure() != tls::Failure::none)
    failed(tls_fault(address_, tls->failure(), tls->failure_text()));
  co_return Reason::upstream_tls;
}

bool Upstream::may_have_ended() {
  const bool told_at_once = address_.kind == config::Address::Kind::unix_socket;
  return !told_at_once && stream_.readable();
}

bool Upstream::refuses_us() {
  const auto* tls = stream_.tls();
  const bool refused = tls != nullptr && tls->failure() == tls::Failure::refused_by_peer;
  if (refused) failed(tls_fault(address_, tls->failure(), tls->failure_text()));
  return refused;
}

void Upstream::failed(EngineFault fault) {
  state_.failed(fault);
  fault_ = std::make_unique<const EngineFault>(std::move(fault));
}

void Upstream::cut() {
  cut_ = true;
  if (opening_ != nullptr) return cancel();
  stream_.cut();
}

void Upstream::cancel() {
  stream_.cancel();
  if (opening_ != nullptr) opening_->wait.cancel();
}

}  // namespace proxy
