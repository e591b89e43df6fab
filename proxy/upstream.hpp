// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "acl/reason.hpp"
#include "acl/version.hpp"
#include "config/address.hpp"
#include "proxy/deadline.hpp"
#include "proxy/snapshot.hpp"
#include "proxy/stream.hpp"

namespace proxy {

/// A session's own connection to the engine: opened when first needed, or taken over from an
/// earlier session of the same client; never shared. So no answer can reach another client.
class Upstream {
 public:
  /// \param snapshot the worker's: a new connection takes the certificates that are in force then.
  Upstream(net::io_context& loop, const config::Address& address,
           const std::shared_ptr<const Snapshot>& snapshot)
      : address_(address), snapshot_(snapshot), stream_(loop) {}

  /// Continues a connection that has carried answers to the same client.
  void take_over(Stream kept);
  /// The connection, where it is between two answers and so fit for another session.
  std::optional<Stream> give_up();

  /// Opens a connection, TLS included, within `limit` in all. Does nothing where one is open.
  /// \returns why there is none.
  Task<std::optional<acl::Reason>> open(Deadline&, std::chrono::milliseconds limit);
  bool is_open() const { return stream_.is_open(); }

  /// The open connection has already carried an answer.
  bool used() const { return used_; }
  /// A request is on its way.
  void begin() { between_answers_ = false; }
  void answered() { used_ = true; }
  /// All of the answer has come, and nothing behind it.
  void finish() { between_answers_ = true; }

  /// The version of the API, 1.X, in which tidegate itself asks; 0 where it is not yet known.
  unsigned api_minor() const { return api_minor_; }
  /// \param newest that the engine knows
  void agree_on(unsigned newest) { api_minor_ = std::min(newest, acl::newest_known_minor); }

  /// The engine may have ended the open connection without our noticing. On a plain unix socket
  /// that is no question: the next write would fail before it has sent anything.
  bool may_have_ended();
  /// The engine has ended TLS with an alert. With TLS 1.3 it looks at our certificate only when our
  /// handshake is over, so that the first read tells.
  bool refuses_us();

  /// Makes what waits for the engine end at once.
  void cancel();
  void close() { stream_.close(); }

  Stream& stream() { return stream_; }

 private:
  /// What an opening waits for beside the connection itself.
  struct Opening {
    explicit Opening(const Stream::executor_type& loop) : retry(loop) {}
    net::steady_timer retry;
    std::optional<net::ip::tcp::resolver> resolver;
  };

  Task<std::optional<acl::Reason>> open_within(Deadline&);
  Task<error_code> connect();
  Task<error_code> connect_tcp();
  Task<error_code> connect_by_name();
  error_code connect_unix();
  Task<std::optional<acl::Reason>> secure();
  void log_failure();

  const config::Address& address_;
  const std::shared_ptr<const Snapshot>& snapshot_;
  Stream stream_;
  Opening* opening_ = nullptr;  ///< the one that is under way
  bool used_ = false, between_answers_ = false;
  unsigned api_minor_ = 0;
};

}  // namespace proxy
