// SPDX-License-Identifier: Apache-2.0
#include "proxy/server.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <csignal>
#include <system_error>

#include "config/limit_checks.hpp"
#include "proxy/cgroup_memory.hpp"
#include "proxy/descriptors.hpp"
#include "proxy/engine_probe.hpp"
#include "proxy/own_paths.hpp"
#include "proxy/resident_memory.hpp"
#include "proxy/stream_check.hpp"
#include "proxy/unix_socket_file.hpp"

namespace proxy {
namespace {

/// After the drain time, and at a second signal: a second in all. `docker stop` leaves two.
constexpr int times_to_cut = 10;
constexpr std::chrono::milliseconds time_between_cuts{100};
/// More than cuts and the last records take.
constexpr std::chrono::seconds time_after_drain{5};

std::size_t worker_count(std::size_t wanted) {
  constexpr std::size_t enough = 4;  // more would not help: the engine is slower than tidegate
  if (wanted != 0) return wanted;
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, enough);
}

/// Sessions handle errors as values. An exception is a bug, and ends only this session.
void log_escaped(const std::exception_ptr& escaped) {
  constexpr auto kind = "a session ended with an exception";
  if (!escaped || !may_log(kind, spdlog::level::err)) return;
  try {
    std::rethrow_exception(escaped);
  } catch (const std::exception& error) {
    spdlog::error("{}: {}", kind, error.what());
  } catch (...) {
    spdlog::error("{} of an unknown kind", kind);
  }
}

/// Read once: a later change of the control group's limit counts from the next start.
std::size_t held_bytes(const config::Limits& limits) {
  if (limits.held_bytes != 0) return limits.held_bytes;
  const auto bytes = default_held_bytes(cgroup_memory_limit());
  spdlog::info("limits.held_bytes: requests of all clients together may hold {} MiB", bytes >> 20U);
  if (const auto warning = config::warn_of_held_bytes(bytes, limits)) spdlog::warn("{}", *warning);
  return bytes;
}

void warn_if_insecure(const config::Listener& listener) {
  if (listener.insecure)
    spdlog::warn(
        "{}: INSECURE (insecure: true): traffic is not encrypted, and anyone who can connect may "
        "do "
        "what the profile allows",
        listener.address.to_string());
}

Task<void> serve_counted(Socket client, acl::Identity identity, Admission::Ticket ticket,
                         std::optional<Admission::Handshake> handshake, Worker& worker) {
  Session session(std::move(client), identity, ticket.held(), worker, std::move(handshake));
  co_await session.serve();
}

}  // namespace

void SignalsBlocked::block(bool yes) {
  sigset_t handled;
  ::sigemptyset(&handled);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) ::sigaddset(&handled, signal);
  ::pthread_sigmask(yes ? SIG_BLOCK : SIG_UNBLOCK, &handled, nullptr);
}

Server::Server(config::Settings settings, std::shared_ptr<const Snapshot> snapshot,
               std::string file, ServiceManager manager)
    : settings_(std::move(settings)),
      admission_(settings_.limits, held_bytes(settings_.limits)),
      audit_(audit_queue(settings_.audit, admission_.held_by_all())),
      workers_([this, &snapshot] {
        std::vector<std::unique_ptr<Worker>> workers;
        for (auto left = worker_count(settings_.workers); left > 0; --left)
          workers.push_back(std::make_unique<Worker>(settings_, audit_, engine_, snapshot));
        return workers;
      }()),
      manager_(std::move(manager)),
      reload_(reload_loop_, std::move(file), settings_, std::move(snapshot), manager_,
              [this](const auto& in_force) { bring_into_force(in_force); }),
      admin_(settings_, *workers_.front(), all_metrics(), [this] { return process(); }),
      signals_(workers_.front()->loop, SIGTERM, SIGINT),
      rotation_(workers_.front()->loop, SIGUSR1),
      drain_timer_(workers_.front()->loop) {
  // Sent if a process opens a file while FileWatch checks whether it is open.
  std::signal(SIGIO, SIG_IGN);
  if (const auto warning = raise_descriptor_limit(settings_.limits, workers_.size()))
    spdlog::warn("{}", *warning);
  keep_large_memory_apart();
}

Server::~Server() {
  end_loops();
  end_threads();
}

std::vector<std::string> Server::open() {
  std::vector<std::string> problems;
  for (const auto& mistake : shared_paths(settings_)) problems.push_back(to_string(mistake));
  if (!problems.empty()) return problems;
  if (auto problem = audit_.open())
    problems.push_back("audit.file: " + missing_directory(settings_.audit.file).value_or(*problem));
  auto inherited = InheritedSockets::from_environment();
  for (std::size_t i = 0; i < settings_.listeners.size(); ++i) {
    auto listener = Listener::open(workers_.front()->loop, i, settings_.listeners[i], inherited);
    if (listener)
      listeners_.push_back(std::move(*listener));
    else
      problems.push_back(listener.error());
  }
  if (auto problem = admin_.open(inherited)) problems.push_back(std::move(*problem));
  for (auto& problem : inherited.left_over()) problems.push_back(std::move(problem));
  if (!problems.empty()) return problems;
  if (auto problem = start_threads()) problems.push_back(std::move(*problem));
  return problems;
}

std::optional<std::string> Server::start_threads() {
  log_.emplace();
  if (auto problem = start_reloads()) return problem;
  try {
    while (threads_.size() + 1 < workers_.size())
      threads_.emplace_back([&loop = workers_[threads_.size() + 1]->loop] { loop.run(); });
    return std::nullopt;
  } catch (const std::system_error& error) {
    log_.reset();
    const auto runs = threads_.size() + 1;
    return fmt::format("`workers: {}`: thread {} cannot be started: {}, or set `workers: {}`",
                       workers_.size(), runs + 1, with_remedy(error.code().message(), error.code()),
                       runs);
  }
}

/// A revocation list of 32 MiB takes seconds to read, and no client waits for that.
std::optional<std::string> Server::start_reloads() {
  try {
    reload_thread_ = std::thread([this] {
      const auto busy = net::make_work_guard(reload_loop_);
      reload_loop_.run();
    });
    return std::nullopt;
  } catch (const std::system_error& error) {
    log_.reset();
    return "the thread that reads changed files cannot be started: " +
           with_remedy(error.code().message(), error.code());
  }
}

void Server::run() {
  start_listening();
  net::post(reload_loop_, [this] { reload_.start(); });
  admin_.start();
  release_unused_memory();
  spawn(workers_.front()->loop, await_signals(), log_escaped);
  spawn(workers_.front()->loop, await_rotation(), log_escaped);
  spawn(workers_.front()->loop, await_minutes(), log_escaped);
  spawn(workers_.front()->loop, look_at_streams(), log_escaped);
  manager_.ready();
  SignalsBlocked::block(false);
  workers_.front()->loop.run();
  SignalsBlocked::block(true);
  end_threads();
  finish_records();
  finish_log();
}

/// Writes the last records, within what is left of the drain time.
void Server::finish_records() {
  for (auto& worker : workers_) worker->audit.flush();
  const auto soonest = LineQueue::Clock::now() + std::chrono::milliseconds(500);
  if (const auto lost = audit_.finish(std::max(ends_, soonest)); lost != 0)
    spdlog::error("audit: {} records are lost: {} did not take them in time", lost,
                  settings_.audit.file);
}

/// A reader that takes nothing holds up the end for a second at most.
void Server::finish_log() {
  tell_left_out();
  spdlog::info("stopped");
  const auto now = LineQueue::Clock::now();
  log_->finish(
      std::clamp(ends_, now + std::chrono::milliseconds(200), now + std::chrono::seconds(1)));
}

void Server::start_listening() {
  const auto pick_loop = [this]() -> net::io_context& {
    return workers_[next_worker_++ % workers_.size()]->loop;
  };
  const auto on_client = [this](net::io_context& loop, Socket client, acl::Identity identity) {
    take(loop, std::move(client), std::move(identity));
  };
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    spawn(workers_.front()->loop, listeners_[i]->run(pick_loop, on_client), log_escaped);
    spdlog::info("listening on {}", settings_.listeners[i].address.to_string());
    warn_if_insecure(settings_.listeners[i]);
  }
  spawn(workers_.front()->loop, probe_engine(*workers_.front()), log_escaped);
  log_warnings(settings_);
  warn_of_shadows(settings_.policy_spec);
}

void Server::take(net::io_context& loop, Socket client, acl::Identity identity) {
  const auto owner =
      std::ranges::find_if(workers_, [&](const auto& w) { return &w->loop == &loop; });
  auto& worker = **owner;
  const auto refuse = [&](acl::Reason reason) {
    auto refusal = turn_away(std::move(client), std::move(identity), reason, worker);
    spawn(loop, std::move(refusal), log_escaped);
  };
  auto ticket = admission_.admit(identity);
  if (!ticket) return refuse(ticket.error());
  std::optional<Admission::Handshake> handshake;
  if (settings_.listeners[identity.listener].tls) {
    auto begun = ticket->begin_handshake();
    if (!begun) return refuse(begun.error());
    handshake.emplace(std::move(*begun));
  }
  auto session = serve_counted(std::move(client), std::move(identity), std::move(*ticket),
                               std::move(handshake), worker);
  spawn(loop, std::move(session), log_escaped);
}

/// Answers and records a client above a limit of connections or handshakes, without holding memory
/// for it.
Task<void> Server::turn_away(Socket client, acl::Identity identity, acl::Reason reason,
                             Worker& worker) {
  const acl::Profile nobodys;
  const acl::WebRules rules;
  const acl::Terms terms{rules};
  acl::Case::Memory memory;
  acl::Case unheard(nobodys, identity, terms, memory);
  unheard.refuse(acl::Refusal(reason));
  AuditRecord record(worker.audit, identity, unheard);
  if (settings_.listeners[identity.listener].tls) {  // a plain answer would not be understood
    if (may_log(acl::id(reason)))
      spdlog::info("{}: {} is not served: {}: {}", identity.listener_name, identity.address,
                   acl::id(reason), acl::meaning(reason));
    co_return;
  }
  record.answered(static_cast<unsigned>(acl::status(reason)));
  std::string answer;
  http::append_refusal(acl::Refusal(reason), http::Connection::close, false, answer);
  error_code ignored;
  client.non_blocking(true, ignored);
  client.write_some(net::buffer(answer), ignored);
  co_return;
}

Task<void> Server::await_signals() {
  co_await signals_.async_wait(as_result);
  const std::chrono::duration<double> time = settings_.limits.drain_time;
  spdlog::info("draining: running requests have {} s to finish; a second signal stops them at once",
               time.count());
  drain();
  const auto [error, signal] = co_await signals_.async_wait(as_result);
  if (error) co_return;  // the last session has ended
  spdlog::info("stopping at once");
  ends_ = {};
  cut_off(times_to_cut);
}

Task<void> Server::await_rotation() {
  for (;;) {
    const auto [error, signal] = co_await rotation_.async_wait(as_result);
    if (error) co_return;
    if (const auto problem = audit_.open())
      spdlog::error("SIGUSR1: {}; records still go to the old file", *problem);
    else
      spdlog::info("SIGUSR1: reopened {}", settings_.audit.file);
  }
}

Task<void> Server::await_minutes() {
  net::steady_timer minute(workers_.front()->loop);
  for (;;) {
    minute.expires_after(std::chrono::minutes(1));
    if (const auto [error] = co_await minute.async_wait(as_result); error) co_return;
    tell_left_out();
  }
}

/// Ends streams whose clients' certificates, or the lists of these, expire while nothing is
/// reloaded.
Task<void> Server::look_at_streams() {
  const bool ends_streams = std::ranges::any_of(settings_.listeners, [](const auto& listener) {
    return listener.tls && listener.tls->on_revocation == "close";
  });
  if (!ends_streams) co_return;
  std::chrono::milliseconds between_looks = std::chrono::minutes(1);
  if (const auto every = settings_.reload_every; every.count() != 0)
    between_looks = std::min(between_looks, every);
  net::steady_timer timer(workers_.front()->loop);
  for (;;) {
    timer.expires_after(between_looks);
    if (const auto [error] = co_await timer.async_wait(as_result); error) co_return;
    on_each_worker([](Worker& worker) { check_streams(worker, nullptr); });
  }
}

/// Idle connections close now, busy ones after their answer, tunnels when the drain time is over.
/// When the last session has ended, the loops end, whatever else still waits on them.
void Server::drain() {
  manager_.stopping(settings_.limits.drain_time + time_after_drain);
  net::post(reload_loop_, [this] { reload_.stop(); });
  admin_.close();
  for (auto& listener : listeners_) listener->close();
  on_each_worker([](Worker& worker) {
    worker.draining = true;
    worker.spares.clear();
    for (auto& session : worker.sessions) session.drain();
  });
  ends_ = LineQueue::Clock::now() + settings_.limits.drain_time;
  drain_timer_.expires_after(settings_.limits.drain_time);
  drain_timer_.async_wait([this](const error_code& error) {
    if (!error) cut_off(times_to_cut);
  });
  admission_.when_empty([this] { end_loops(); });
}

/// Stops all sessions, and once more if one has begun another wait meanwhile. Those that then still
/// do not end are dropped.
void Server::cut_off(int more_times) {
  if (more_times == 0) {
    spdlog::error("some connections did not end; they are dropped");
    return end_loops();
  }
  on_each_worker([](Worker& worker) {
    for (auto& session : worker.sessions) session.stop();
  });
  drain_timer_.expires_after(time_between_cuts);
  drain_timer_.async_wait([this, more_times](const error_code& error) {
    if (!error) cut_off(more_times - 1);
  });
}

/// From any thread. What was posted to a loop before still runs, such as the answer to a client
/// above the limit of connections.
void Server::end_loops() {
  on_each_worker([](Worker& worker) { worker.loop.stop(); });
}

void Server::end_threads() {
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  reload_loop_.stop();
  if (reload_thread_.joinable()) reload_thread_.join();
  reload_loop_.shutdown();
  for (auto& worker : workers_) worker->loop.shutdown();
}

std::vector<const Metrics*> Server::all_metrics() const {
  std::vector<const Metrics*> all;
  all.reserve(workers_.size());
  for (const auto& worker : workers_) all.push_back(&worker->audit.metrics);
  return all;
}

admin::Process Server::process() const {
  return {.reloads_done = reload_.done(),
          .reloads_failed = reload_.failed(),
          .held_bytes = admission_.held(),
          .audit_failed = audit_.is_failing(),
          .audit_lost = audit_.lost(),
          .log_lost = log_->lost(),
          .expiries = workers_.front()->snapshot->expiries()};
}

void Server::bring_into_force(const std::shared_ptr<const Snapshot>& snapshot) {
  const auto left = std::make_shared<StreamsLeft>();
  on_each_worker([snapshot, left](Worker& worker) {
    worker.snapshot = snapshot;
    worker.known.clear();
    worker.spares.clear();  // the engine's certificate may have changed
    check_streams(worker, left);
  });
  net::post(workers_.front()->loop, release_unused_memory);
  if (snapshot->upstream)
    net::post(workers_.front()->loop, [&worker = *workers_.front()] {
      spawn(worker.loop, probe_engine(worker), log_escaped);
    });
}

void Server::on_each_worker(const std::function<void(Worker&)>& act) {
  for (auto& worker : workers_) net::post(worker->loop, [act, &worker = *worker] { act(worker); });
}

}  // namespace proxy
