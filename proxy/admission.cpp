// SPDX-License-Identifier: Apache-2.0
#include "proxy/admission.hpp"

namespace proxy {

acl::Result<Admission::Ticket, acl::Reason> Admission::admit(const acl::Identity& identity) {
  auto client =
      identity.unix_peer ? "uid " + std::to_string(identity.unix_peer->uid) : identity.address;
  const std::scoped_lock lock(mutex_);
  if (all_ >= limits_.connections) return acl::Reason::too_many_connections;
  const auto counted = by_client_.try_emplace(std::move(client), held_, held_most_ / 2).first;
  auto& connections = counted->second.connections;
  if (connections >= limits_.connections_per_client) return acl::Reason::too_many_from_client;
  ++connections;
  ++all_;
  return Ticket(*this, counted);
}

void Admission::leave(Clients::iterator client) {
  const std::scoped_lock lock(mutex_);
  --all_;
  if (--client->second.connections == 0) by_client_.erase(client);
  if (all_ == 0 && when_empty_) std::exchange(when_empty_, nullptr)();
}

acl::Result<Admission::Handshake, acl::Reason> Admission::begin_handshake(
    Clients::iterator client) {
  const std::scoped_lock lock(mutex_);
  if (handshakes_ >= limits_.handshakes) return acl::Reason::too_many_handshakes;
  auto& of_client = client->second.handshakes;
  if (of_client >= limits_.handshakes_per_client)
    return acl::Reason::too_many_handshakes_from_client;
  ++of_client;
  ++handshakes_;
  return Handshake(*this, client);
}

void Admission::end_handshake(Clients::iterator client) {
  const std::scoped_lock lock(mutex_);
  --handshakes_;
  --client->second.handshakes;
}

void Admission::when_empty(std::function<void()> callback) {
  const std::scoped_lock lock(mutex_);
  if (all_ == 0) return callback();
  when_empty_ = std::move(callback);
}

}  // namespace proxy
