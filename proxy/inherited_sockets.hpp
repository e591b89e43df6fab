// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/address.hpp"

namespace proxy {

/// Listening sockets that the service manager opened for us (sd_listen_fds(3): LISTEN_PID and
/// LISTEN_FDS), so that a restart refuses nobody. Each belongs to the listener with its address.
class InheritedSockets {
 public:
  InheritedSockets() = default;
  /// Takes them from the environment, which keeps them from being taken twice.
  static InheritedSockets from_environment();
  ~InheritedSockets();
  InheritedSockets(InheritedSockets&&) noexcept = default;
  InheritedSockets& operator=(InheritedSockets&&) = delete;

  /// The descriptor that listens on this address, now the caller's; nothing where there is none.
  std::optional<int> take(const config::Address&);
  /// What nobody has taken, a sentence each: a client of theirs would wait for ever.
  std::vector<std::string> left_over() const;

 private:
  struct Inherited {
    int descriptor;
    std::string address;  ///< as a configuration would write it
  };
  std::vector<Inherited> sockets_;
};

}  // namespace proxy
