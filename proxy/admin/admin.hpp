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

/// The operator's own listener: /metrics, /healthz and /readyz. Apart from the clients': it knows
/// no policy, and nothing that is asked here reaches the engine but a ping.
class Admin {
 public:
  /// \param worker whose loop it runs on
  /// \param process what is true of the process, but for whether the engine answers
  Admin(const config::Settings&, Worker& worker, std::vector<const Metrics*> workers,
        std::function<Process()> process);

  /// \returns what went wrong, as a sentence.
  std::optional<std::string> open(InheritedSockets&);
  void start();
  void close();

 private:
  Task<void> serve(Socket);
  std::string refused(const acl::Refusal&) const;
  Task<std::string> answer(std::string_view method, std::string_view path);
  Task<bool> upstream_answers();

  const config::Settings& settings_;
  Worker& worker_;
  std::vector<const Metrics*> workers_;
  std::function<Process()> process_;
  std::unique_ptr<Listener> listener_;
  HeldBytes held_{HeldBytes::unbounded};  // by `open_` it is
  std::size_t open_ = 0;
};

}  // namespace proxy::admin
