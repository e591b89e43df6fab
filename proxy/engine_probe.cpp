// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_probe.hpp"

#include <array>

#include "proxy/upstream.hpp"

namespace proxy {
namespace {

/// With TLS 1.3 the engine looks at our certificate after our handshake has finished. It then
/// answers the end of our side with its own end, or with an alert that says what is wrong.
Task<void> await_end(Upstream& upstream) {
  auto& stream = upstream.stream();
  co_await stream.end_sending();
  std::array<char, 1> nothing_is_expected{};
  co_await stream.async_read_some(net::buffer(nothing_is_expected), as_result);
  upstream.refuses_us();
}

}  // namespace

Task<void> probe_engine(Worker& worker) {
  Upstream upstream(worker.loop, worker.settings.upstream, worker.snapshot, worker.engine);
  Deadline patience(worker.deadlines, [&upstream] { upstream.cancel(); });
  const auto limit = worker.settings.limits.upstream_connect_time;
  if (co_await upstream.open(patience, limit)) co_return;
  if (upstream.stream().tls() == nullptr) co_return;
  patience.arm(limit);
  co_await await_end(upstream);
}

}  // namespace proxy
