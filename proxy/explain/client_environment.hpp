// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace proxy::explain {

/// Where docker looks for its plugins in such an environment: in the first directory that has one.
std::vector<std::string> plugin_directories();

/// An environment in which a client finds one engine and no other.
class ClientEnvironment {
 public:
  /// \param host the engine: "unix:///…"
  /// \param directory where the client's own files go, instead of into ~/.docker
  ClientEnvironment(std::string host, std::string directory);

  /// Writes the client's configuration: it has no contexts, builders, credentials or TLS. Kept from
  /// the user's are the places of plugins and what changes requests rather than their way.
  /// \returns whether this was possible
  bool prepare() const;
  /// Changes the environment of this process.
  void enter() const;

 private:
  std::string host_, directory_;
};

}  // namespace proxy::explain
