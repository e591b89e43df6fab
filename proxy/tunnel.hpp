// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "proxy/client.hpp"
#include "proxy/means.hpp"

namespace proxy {

/// Copies raw bytes both ways after an upgrade. Each direction ends separately, and its end is
/// passed on: `echo x | docker exec -i …` closes its sending side and expects the rest of the
/// output.
class Tunnel {
 public:
  Tunnel(Client&, Stream& upstream, const Means&);

  /// Returns when both directions have ended.
  /// \param behind_head bytes that the engine sent right after its head.
  Task<void> run(std::string_view behind_head);

  /// Whether the engine's side has ended, so that only the client still has to close.
  bool upstream_done() const { return upstream_done_; }
  std::uint64_t from_client() const { return from_client_; }
  std::uint64_t from_upstream() const { return from_upstream_; }

 private:
  Task<void> pump_to_upstream();
  Task<void> pump_to_client(std::string_view behind_head);
  Task<bool> pump(Stream& from, Stream& to, std::uint64_t& count);
  Task<Splice::Moved> pump_bulk(Stream& from, Stream& to, std::uint64_t& count);
  void progress();
  Task<bool> send(Stream& to, std::string_view bytes, std::uint64_t& count);
  void stop();

  Client& client_;
  Stream& upstream_;
  Means means_;
  bool client_done_ = false, upstream_done_ = false;
  std::uint64_t from_client_ = 0, from_upstream_ = 0;
};

}  // namespace proxy
