// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/address.hpp"

namespace proxy {

/// Listening sockets that the service manager opened for tidegate (sd_listen_fds(3): LISTEN_PID and
/// LISTEN_FDS), so that clients can connect during a restart. Each belongs to the listener with its
/// address.
class InheritedSockets {
 public:
  InheritedSockets() = default;
  /// Takes them from the environment and removes the variables, so that they are not taken twice.
  static InheritedSockets from_environment();
  ~InheritedSockets();
  InheritedSockets(InheritedSockets&&) noexcept = default;
  InheritedSockets& operator=(InheritedSockets&&) = delete;

  /// The descriptor that listens on this address, now owned by the caller; nothing if there is
  /// none.
  std::optional<int> take(const config::Address&);
  /// One sentence for each socket that no listener took. Its clients would wait for ever.
  std::vector<std::string> left_over() const;

 private:
  struct Inherited {
    int descriptor;
    std::string address;  ///< as in a configuration
  };
  std::vector<Inherited> sockets_;
};

}  // namespace proxy
