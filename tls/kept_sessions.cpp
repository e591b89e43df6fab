// SPDX-License-Identifier: Apache-2.0
#include "tls/kept_sessions.hpp"

#include <utility>

namespace tls {
namespace {

/// The overhead of an entry: two nodes, and its id twice.
constexpr std::size_t overhead = 256;

}  // namespace

void KeptSessions::keep(std::string id, std::string session) {
  const std::lock_guard lock(mutex_);
  const auto size = session.size() + overhead;
  if (size > most_bytes_ || !sessions_.emplace(id, std::move(session)).second) return;
  by_age_.push_back(std::move(id));
  bytes_ += size;
  while (bytes_ > most_bytes_) forget_oldest();
}

void KeptSessions::forget_oldest() {
  const auto oldest = sessions_.find(by_age_.front());
  bytes_ -= oldest->second.size() + overhead;
  sessions_.erase(oldest);
  by_age_.pop_front();
}

std::string KeptSessions::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? std::string() : found->second;
}

std::size_t KeptSessions::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace tls
