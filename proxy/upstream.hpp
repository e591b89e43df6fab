// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "acl/reason.hpp"
#include "acl/version.hpp"
#include "config/address.hpp"
#include "proxy/deadline.hpp"
#include "proxy/engine_state.hpp"
#include "proxy/snapshot.hpp"
#include "proxy/stream.hpp"

namespace proxy {

/// A session's own connection to the engine: opened when first needed, or taken over from an
/// earlier session of the same client. It is never shared, so no answer can reach another client.
class Upstream {
 public:
  /// \param snapshot the worker's, so that a new connection uses the certificates in force.
  Upstream(net::io_context& loop, const config::Address& address,
           const std::shared_ptr<const Snapshot>& snapshot, EngineState& state)
      : address_(address), snapshot_(snapshot), state_(state), stream_(loop) {}

  /// Takes over a connection that has carried answers to the same client.
  void take_over(Stream kept);
  /// Gives up the connection for another session, if it is between two answers.
  std::optional<Stream> give_up();

  /// Opens a connection, including TLS, within `limit`. Does nothing if one is open. Fails after
  /// cut().
  /// \returns why it could not be opened.
  Task<std::optional<acl::Reason>> open(Deadline&, std::chrono::milliseconds limit);
  bool is_open() const { return stream_.is_open(); }
  /// Why the engine could not be reached the last time; null: it could, or nobody waited for it.
  const EngineFault* fault() const { return fault_.get(); }

  /// Whether the open connection has already carried an answer.
  bool used() const { return used_; }
  /// Notes that a request is being sent.
  void begin() { between_answers_ = false; }
  void answered() {
    used_ = true;
    state_.answered();
  }
  /// Notes that the complete answer has arrived, and nothing after it.
  void finish() { between_answers_ = true; }

  /// The minor API version that tidegate uses for its own questions; 0 if not yet known.
  unsigned api_minor() const { return api_minor_; }
  /// \param newest the newest minor version that the engine knows
  void agree_on(unsigned newest) { api_minor_ = std::min(newest, acl::newest_known_minor); }

  /// Whether the engine may have closed the open connection unnoticed. On a plain Unix socket no
  /// check is needed: the next write fails before it has sent anything.
  bool may_have_ended();
  /// Whether the engine has ended TLS with an alert. With TLS 1.3 it checks our certificate after
  /// our handshake has finished, so only the first read shows it.
  bool refuses_us();

  /// Cancels all that waits for the engine.
  void cancel();
  /// Closes both directions, so that what is under way ends, and opens no other connection.
  void cut();
  void close() { stream_.close(); }

  Stream& stream() { return stream_; }

 private:
  /// State of an open() that is under way, beside the connection itself.
  struct Opening {
    explicit Opening(const Stream::executor_type& loop) : wait(loop) {}
    net::steady_timer wait;  ///< for the next attempt, or for the name
    /// What is waited for: the name's address, a connection, or TLS.
    enum class Stage : std::uint8_t { resolving, connecting, securing };
    Stage stage = Stage::connecting;
  };

  Task<std::optional<acl::Reason>> open_within(Deadline&);
  Task<error_code> connect();
  Task<error_code> connect_tcp();
  Task<error_code> connect_by_name();
  error_code connect_unix();
  Task<std::optional<acl::Reason>> secure();
  EngineFault late(Opening::Stage, std::chrono::milliseconds limit) const;
  void failed(EngineFault);

  const config::Address& address_;
  const std::shared_ptr<const Snapshot>& snapshot_;
  EngineState& state_;
  Stream stream_;
  Opening* opening_ = nullptr;  ///< null unless open() is under way
  std::unique_ptr<const EngineFault> fault_;
  bool used_ = false, between_answers_ = false, cut_ = false;
  unsigned api_minor_ = 0;
};

}  // namespace proxy
