// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace proxy {

/// The service manager that has started tidegate, such as systemd: it hears of the states that it
/// waits for, as sd_notify(3) describes. Without one, nothing is sent.
class ServiceManager {
 public:
  /// Takes NOTIFY_SOCKET out of the environment. To be called before any thread is started.
  static ServiceManager from_environment();

  void ready() const;
  void reload_begins() const;
  /// \param is_in_force whether what was read is in force; `systemctl status` tells it otherwise.
  void reload_ended(bool is_in_force) const;
  /// \param time until tidegate has ended at the latest; the manager kills it later.
  void stopping(std::chrono::microseconds time) const;

 private:
  /// Logs a warning if the manager cannot be told.
  void tell(const std::string& states) const;

  std::string socket_;  ///< a path, or `@` and an abstract name; empty: there is no manager
};

}  // namespace proxy
