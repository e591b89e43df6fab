// SPDX-License-Identifier: Apache-2.0
#include "proxy/stream_check.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <string_view>
#include <utility>

#include "proxy/worker.hpp"

namespace proxy {
namespace {

/// Verifying one certificate takes some tenths of a millisecond.
constexpr int streams_at_once = 4;

/// \param unseen sessions at the front of the worker's list. Those that were looked at, and new
/// ones, are behind them.
void check_some(Worker& worker, std::size_t unseen, std::shared_ptr<StreamsLeft> left) {
  auto& sessions = worker.sessions;
  unseen = std::min(unseen, sessions.size());
  for (int checked = 0; unseen != 0 && checked < streams_at_once; --unseen) {
    auto& session = sessions.front();
    sessions.splice(sessions.end(), sessions, sessions.begin());
    if (!session.has_stream()) continue;
    ++checked;
    const auto ended = session.outlives();
    if (ended && left != nullptr) left->add(*ended);
  }
  if (unseen == 0) return;
  net::post(worker.loop, [&worker, unseen, left = std::move(left)]() mutable {
    check_some(worker, unseen, std::move(left));
  });
}

}  // namespace

void StreamsLeft::add(acl::Reason ended) {
  const bool by_policy =
      ended == acl::Reason::client_unknown || ended == acl::Reason::client_profile_changed;
  (by_policy ? without_profile_ : without_certificate_).fetch_add(1, std::memory_order_relaxed);
}

StreamsLeft::~StreamsLeft() {
  const auto log = [](std::size_t count, std::string_view why) {
    if (count != 0)
      spdlog::warn("streams that go on although {}: {} (`on_revocation: close` would end them)",
                   why, count);
  };
  log(without_certificate_.load(), "their clients' certificates have ended");
  log(without_profile_.load(), "their clients have another profile now, or none");
}

void check_streams(Worker& worker, std::shared_ptr<StreamsLeft> left) {
  check_some(worker, worker.sessions.size(), std::move(left));
}

}  // namespace proxy
