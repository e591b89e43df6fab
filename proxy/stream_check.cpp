// SPDX-License-Identifier: Apache-2.0
#include "proxy/stream_check.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
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
    if (session.outlives_certificate() && left != nullptr) left->add();
  }
  if (unseen == 0) return;
  net::post(worker.loop, [&worker, unseen, left = std::move(left)]() mutable {
    check_some(worker, unseen, std::move(left));
  });
}

}  // namespace

StreamsLeft::~StreamsLeft() {
  if (const auto count = count_.load(); count != 0)
    spdlog::warn(
        "streams that go on although their clients' certificates have ended: {} (`on_revocation: "
        "close` would end them)",
        count);
}

void check_streams(Worker& worker, std::shared_ptr<StreamsLeft> left) {
  check_some(worker, worker.sessions.size(), std::move(left));
}

}  // namespace proxy
