// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <string>

#include "acl/identity.hpp"
#include "acl/result.hpp"
#include "config/settings.hpp"
#include "proxy/inherited_sockets.hpp"
#include "proxy/socket.hpp"
#include "proxy/unix_socket_file.hpp"

namespace proxy {

/// A socket that clients connect to.
class Listener {
 public:
  using Acceptor = net::basic_socket_acceptor<net::generic::stream_protocol>;
  /// Returns the loop that will serve the next connection.
  using PickLoop = std::function<net::io_context&()>;
  using OnClient = std::function<void(net::io_context&, Socket, acl::Identity)>;

  /// Binds and listens, unless the service manager has done so. A new unix socket gets its mode and
  /// owner before anybody can connect. Replaces a stale socket, but not one that a process listens
  /// on.
  /// \returns the listener, or a sentence that says what went wrong.
  static acl::Result<std::unique_ptr<Listener>, std::string> open(net::io_context&,
                                                                  std::size_t index,
                                                                  const config::Listener&,
                                                                  InheritedSockets&);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Accepts until close(). Without free file descriptors it waits and tries again.
  Task<void> run(PickLoop, OnClient);
  void close();

 private:
  Listener(net::io_context& loop, std::size_t index, const config::Listener& settings)
      : settings_(settings), index_(index), acceptor_(loop), pause_(loop) {}

  std::optional<std::string> listen();
  std::optional<std::string> listen_on_file();
  std::optional<std::string> listen_on_port();
  std::optional<std::string> adopt(int descriptor);
  acl::Identity identify(Socket&) const;

  const config::Listener& settings_;
  std::size_t index_;
  Acceptor acceptor_;
  net::steady_timer pause_;
  std::optional<FileIdentity> file_;  ///< the unix socket's, if we made it
};

}  // namespace proxy
