// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace proxy {

/// The file beside a socket that is locked while the socket is prepared.
std::string lock_of(const std::string& socket);

/// Keeps other tidegates from preparing the same socket, so that only one of several that start at
/// once takes the place of a stale one. Locks a file beside the socket that only tidegate's user
/// can open, and removes it at the end. The directory would not do: whoever can open it could keep
/// it locked.
class SocketLock {
 public:
  explicit SocketLock(const std::string& socket);
  ~SocketLock();
  SocketLock(const SocketLock&) = delete;
  SocketLock& operator=(const SocketLock&) = delete;

  /// Why there is no lock. A file system that has no locks is no reason.
  const std::optional<std::string>& problem() const { return problem_; }

 private:
  enum class Outcome : std::uint8_t { held, failed, try_again };
  Outcome try_once();
  Outcome remove_strangers_file();
  bool is_in_place() const;
  void close_file();

  std::string file_;
  int descriptor_ = -1;
  std::optional<std::string> problem_;
};

}  // namespace proxy
