// SPDX-License-Identifier: Apache-2.0
#include "proxy/spares.hpp"

#include <ranges>

namespace proxy {
namespace {

bool same_client(const acl::Identity& a, const acl::Identity& b) {
  if (a.listener != b.listener || a.address != b.address) return false;
  if (a.unix_peer.has_value() != b.unix_peer.has_value()) return false;
  if (a.unix_peer && (a.unix_peer->uid != b.unix_peer->uid || a.unix_peer->gid != b.unix_peer->gid))
    return false;
  if (a.certificate.has_value() != b.certificate.has_value()) return false;
  return !a.certificate || (a.certificate->key_sha256 == b.certificate->key_sha256 &&
                            a.certificate->serial == b.certificate->serial &&
                            a.certificate->issuer == b.certificate->issuer);
}

}  // namespace

void Spares::keep(Stream stream, const acl::Identity& client) {
  if (limits_.upstream_spares == 0) return;
  if (kept_.size() >= limits_.upstream_spares) kept_.erase(kept_.begin());
  kept_.push_back({std::move(stream), client, Clock::now() + limits_.upstream_spare_time});
  if (!waiting_) wait();
}

std::optional<Stream> Spares::take(const acl::Identity& client) {
  const auto of_client = [&](const Spare& spare) { return same_client(spare.client, client); };
  const auto newest = std::ranges::find_if(kept_ | std::views::reverse, of_client);
  if (newest == kept_.rend()) return std::nullopt;
  std::optional<Stream> taken(std::move(newest->stream));
  kept_.erase(std::next(newest).base());
  return taken;
}

void Spares::clear() {
  kept_.clear();
  timer_.cancel();
}

/// Sleeps until the oldest connection is due to be closed.
void Spares::wait() {
  waiting_ = true;
  timer_.expires_at(kept_.front().due);
  timer_.async_wait([this](const error_code& interrupted) {
    waiting_ = false;
    if (interrupted) return;
    const auto now = Clock::now();
    std::erase_if(kept_, [&](const Spare& spare) { return spare.due <= now; });
    if (!kept_.empty()) wait();
  });
}

}  // namespace proxy
