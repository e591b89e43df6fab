// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "config/settings.hpp"
#include "proxy/file_stamp.hpp"
#include "proxy/file_watch.hpp"
#include "proxy/service_manager.hpp"
#include "proxy/snapshot.hpp"

namespace proxy {

/// Puts changes of the configuration and of certificates into force while tidegate runs: at SIGHUP,
/// and when a file has changed and is finished. After a mistake the old state stays in force. All
/// of it runs on its loop, and so does `on_snapshot`.
class Reload {
 public:
  using OnSnapshot = std::function<void(std::shared_ptr<const Snapshot>)>;

  /// \param file the configuration; empty if there is none, then only certificates are reloaded.
  /// \param settings the settings that tidegate started with.
  Reload(net::io_context& loop, std::string file, const config::Settings& settings,
         std::shared_ptr<const Snapshot> in_force, const ServiceManager&, OnSnapshot on_snapshot);

  void start();
  void stop();

  /// From any thread.
  std::uint64_t done() const { return done_; }
  std::uint64_t failed() const { return failed_; }

 private:
  Task<void> await_signals();
  Task<void> remind_of_expiry();
  Task<void> look_regularly();
  bool has_unread_change() const;
  void reload_all();
  void reload_finished(const std::string& cause);
  /// Loads the file, or returns the settings in force if the file is missing or unfinished.
  config::Loaded wanted();
  config::Loaded read_file() const;
  void reload(config::Loaded, const std::string& cause, const InForce*);
  /// \returns whether what was read is in force
  bool try_reload(config::Loaded, const std::string& cause, const InForce*);
  /// Makes what the settings want. \returns null after mistakes
  std::shared_ptr<const Snapshot> prepare(const config::Loaded& settings, const InForce*,
                                          std::vector<std::string>& mistakes) const;
  void bring_into_force(config::Settings, std::shared_ptr<const Snapshot>);
  bool is_missing() const;
  bool may_read(const std::string& file);
  bool is_overtaken();
  void watch_files(const config::Settings&);
  std::vector<std::string> files_of(const config::Settings&) const;

  std::string file_;
  const config::Settings& started_with_;
  config::Settings settings_;  ///< in force
  std::shared_ptr<const Snapshot> in_force_;
  const ServiceManager& manager_;
  OnSnapshot on_snapshot_;
  net::signal_set signals_;
  net::steady_timer reminder_;
  net::steady_timer look_;
  FileWatch watch_;
  bool stopping_ = false;
  std::vector<std::string> read_;  ///< files that an automatic reload has read
  FileStamps stamps_;              ///< of all files, from just before they were read last
  std::atomic<std::uint64_t> done_{0}, failed_{0};
};

}  // namespace proxy
