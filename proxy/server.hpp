// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/signal_set.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "config/settings.hpp"
#include "proxy/admin/admin.hpp"
#include "proxy/admission.hpp"
#include "proxy/listener.hpp"
#include "proxy/log.hpp"
#include "proxy/reload.hpp"
#include "proxy/service_manager.hpp"
#include "proxy/worker.hpp"

namespace proxy {

/// Blocks the signals that tidegate handles, for this thread and those that it starts from then on:
/// none of them ends the process while it starts, or while it writes its last records.
struct SignalsBlocked {
  SignalsBlocked() { block(true); }
  static void block(bool);
};

/// The daemon: workers, listeners, signals.
class Server {
 public:
  /// \param file the configuration, for reloads; empty if there is none.
  /// \param manager hears when clients are served, of reloads and of the end
  Server(config::Settings settings, std::shared_ptr<const Snapshot>, std::string file,
         ServiceManager manager = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Opens every listener and starts the threads. \returns a sentence for each mistake; nothing is
  /// served then.
  std::vector<std::string> open();
  /// Serves until SIGTERM or SIGINT, then drains. A second signal stops at once.
  void run();

 private:
  Task<void> await_signals();
  Task<void> await_rotation();
  Task<void> await_minutes();
  Task<void> look_at_streams();
  std::optional<std::string> start_threads();
  std::optional<std::string> start_reloads();
  void start_listening();
  void finish_records();
  void finish_log();
  void take(net::io_context& loop, Socket client, acl::Identity identity);
  Task<void> turn_away(Socket client, acl::Identity identity, acl::Reason reason, Worker& worker);
  std::vector<const Metrics*> all_metrics() const;
  admin::Process process() const;
  void bring_into_force(const std::shared_ptr<const Snapshot>&);
  void drain();
  void cut_off(int more_times);
  void end_loops();
  void end_threads();
  void on_each_worker(const std::function<void(Worker&)>& act);

  [[no_unique_address]] SignalsBlocked blocked_;
  config::Settings settings_;
  std::optional<QueuedLog> log_;  ///< from the start of the threads on
  EngineState engine_;
  Admission admission_;
  LineQueue audit_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;  ///< of all workers but the first
  std::vector<std::unique_ptr<Listener>> listeners_;
  ServiceManager manager_;
  Loop reload_loop_{1};
  std::thread reload_thread_;
  Reload reload_;  ///< on a thread of its own
  admin::Admin admin_;
  net::signal_set signals_, rotation_;
  net::steady_timer drain_timer_;
  std::size_t next_worker_ = 0;
  /// When the process must have ended; records are written until then.
  LineQueue::Clock::time_point ends_;
};

}  // namespace proxy
