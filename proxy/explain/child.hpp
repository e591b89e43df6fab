// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace proxy::explain {

/// A process of ours. It is ended with SIGTERM, and waited for, when this leaves scope, and it ends
/// too when we do.
class Child {
 public:
  /// Forks; `run` gives the child's exit code. Only before any thread has begun.
  explicit Child(const std::function<int()>& run);
  ~Child() { stop(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Waits for its end. \returns the exit code, 128 + the signal that killed it.
  int wait();
  void stop();
  /// Waits until it serves the unix socket. False where it has ended, or does not in ten seconds.
  bool await_socket(const std::string& path);

 private:
  bool ended();

  int pid_ = -1;
  std::optional<int> exit_code_;
};

/// A directory that only this user can enter; removed with what is in it.
class PrivateDirectory {
 public:
  PrivateDirectory();
  ~PrivateDirectory();
  PrivateDirectory(const PrivateDirectory&) = delete;
  PrivateDirectory& operator=(const PrivateDirectory&) = delete;

  /// Empty where none could be made.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// The exit code of a command that is not there, as in shells.
inline constexpr int no_such_command = 127;

/// Replaces this process. \returns only where that fails: no_such_command.
int become(const std::vector<std::string>& command);

}  // namespace proxy::explain
