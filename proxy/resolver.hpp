// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <memory>
#include <optional>

#include "config/address.hpp"
#include "proxy/socket.hpp"
#include "proxy/task.hpp"

namespace proxy {

/// Resolves the engine's name for the sessions of one loop. getaddrinfo() cannot be interrupted,
/// and may take minutes if no nameserver answers. So it runs on a thread that nothing waits for,
/// neither a session nor the end of the process. All who wait at the same time share one call.
class Resolver : public net::execution_context::service {
 public:
  using key_type = Resolver;
  static net::execution_context::id id;

  struct Answer {
    error_code error;
    net::ip::tcp::resolver::results_type addresses;
  };

  explicit Resolver(net::execution_context& loop);

  /// \param engine the same in every call
  /// \param wait waits for the answer; cancelling it ends the waiting
  Task<Answer> resolve(const config::Address& engine, net::steady_timer& wait);

 private:
  using AutoUnlink = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;
  struct Waiting : boost::intrusive::list_base_hook<AutoUnlink> {
    explicit Waiting(net::steady_timer& t) : timer(t) {}
    net::steady_timer& timer;
    std::optional<Answer> answer;
  };
  struct Link;

  void shutdown() override;
  error_code ask(const config::Address&);
  void answered(const Answer&);

  net::io_context& loop_;
  std::shared_ptr<Link> link_;  ///< how a thread finds this object as long as it exists
  bool asking_ = false;         ///< a thread is asking
  boost::intrusive::list<Waiting, boost::intrusive::constant_time_size<false>> waiting_;
};

}  // namespace proxy
