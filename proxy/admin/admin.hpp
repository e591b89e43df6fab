// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "proxy/admin/exposition.hpp"
#include "proxy/inherited_sockets.hpp"
#include "proxy/listener.hpp"
#include "proxy/worker.hpp"

namespace proxy::admin {

/// The operator's listener: /metrics, /healthz, /readyz and /readyz/engine. It is independent of
/// the clients' listeners and has no policy. The only request that it sends to the engine is a
/// ping, and one at a time.
class Admin {
 public:
  /// \param worker the worker on whose loop it runs
  /// \param process returns the figures of the process, except for whether the engine answers
  Admin(const config::Settings&, Worker& worker, std::vector<const Metrics*> workers,
        std::function<Process()> process);

  /// \returns what went wrong, as a sentence.
  std::optional<std::string> open(InheritedSockets&);
  void start();
  void close();

 private:
  void take(Socket);
  Task<void> serve(Socket);
  Task<std::string> reply_to(const http::RequestHead&);
  std::string refused(const acl::Refusal&) const;
  Task<std::string> answer(std::string_view method, std::string_view path);
  Task<std::string> ask_engine(Deadline::Clock::duration patience);
  Task<void> ping_engine();
  Task<std::string> find_trouble();
  void ping_ended();

  const config::Settings& settings_;
  Worker& worker_;
  std::vector<const Metrics*> workers_;
  std::function<Process()> process_;
  std::unique_ptr<Listener> listener_;
  config::Limits limits_;                 ///< the configured ones, but for less patience
  HeldBytes held_{HeldBytes::unbounded};  // bounded by `open_` instead
  std::size_t open_ = 0;
  std::vector<Stream*> idle_;  ///< those of open_ that wait for their clients, the oldest first
  std::string trouble_ = "the engine has not answered a ping yet";  ///< empty: it is well
  std::optional<Deadline::Clock::time_point> ping_began_;           ///< if one is under way
  std::vector<net::steady_timer*> waiting_;  ///< those of open_ that wait for it
};

}  // namespace proxy::admin
