// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>
#include <memory>
#include <optional>

#include "config/settings.hpp"
#include "proxy/audit.hpp"
#include "proxy/buffer.hpp"
#include "proxy/deadline.hpp"
#include "proxy/engine_state.hpp"
#include "proxy/held_body.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/session.hpp"
#include "proxy/snapshot.hpp"
#include "proxy/spares.hpp"
#include "proxy/splice.hpp"
#include "proxy/workspace.hpp"

namespace proxy {

/// A worker's loop. shutdown() drops what still waits on it; to be called while the rest of the
/// worker is alive, since sessions that are dropped write their records.
class Loop : public net::io_context {
 public:
  using execution_context::shutdown;
  using io_context::io_context;
};

/// One thread's share of the proxy. Everything in it is used on that thread only, so nothing is
/// locked.
struct Worker {
  Worker(const config::Settings& s, LineQueue& records, EngineState& state,
         std::shared_ptr<const Snapshot> in_force)
      : settings(s),
        engine(state),
        loop(1),
        deadlines(loop),
        audit(records, loop),
        spares(loop, s.limits),
        snapshot(std::move(in_force)) {}

  const config::Settings& settings;
  EngineState& engine;  ///< shared by all workers
  Loop loop;
  Deadlines deadlines;
  AuditLog audit;
  BufferPool buffers;
  PipePool pipes;
  Workspaces workspaces;
  BodyPool bodies;
  http::HeadReader heads;
  Deciding deciding;
  acl::KnownObjects known;  ///< cleared when the policy changes
  Spares spares;
  std::shared_ptr<const Snapshot> snapshot;  ///< replaced by a reload, on this thread
  boost::intrusive::list<Session> sessions;
  bool draining = false;
  /// Keeps the loop running while it has no sessions.
  std::optional<net::executor_work_guard<net::io_context::executor_type>> busy{loop.get_executor()};
};

}  // namespace proxy
