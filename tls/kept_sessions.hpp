// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

namespace tls {

/// TLS sessions, serialized, by the id that the client knows. Thread-safe. New ones replace the
/// oldest.
class KeptSessions {
 public:
  explicit KeptSessions(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  void keep(std::string id, std::string session);
  /// \returns nothing if the session is not known, or no longer
  std::string find(const std::string& id) const;
  std::size_t bytes() const;

 private:
  void forget_oldest();

  const std::size_t most_bytes_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::string> sessions_;
  std::deque<std::string> by_age_;
  std::size_t bytes_ = 0;
};

}  // namespace tls
