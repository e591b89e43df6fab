// SPDX-License-Identifier: Apache-2.0
#include "proxy/admin/admin.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>
#include <utility>

#include "acl/text/shown.hpp"
#include "proxy/client.hpp"
#include "proxy/http/writer.hpp"
#include "proxy/log.hpp"
#include "proxy/upstream.hpp"

namespace proxy::admin {
namespace {

constexpr std::size_t most_open = 32;  // enough for scrapers, probes and stale connections
constexpr std::size_t most_waiting = most_open / 2;  // so that others can always make room
constexpr Deadline::Clock::duration until_it_ends = Deadline::Clock::duration::max() / 2;
constexpr std::chrono::milliseconds at_once{100};  // an engine that is well answers sooner
constexpr std::string_view text_type = "text/plain; charset=utf-8";
constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

std::string reply(std::string_view status, std::string_view type, std::string_view body) {
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
      status, type, body.size(), body);
}

/// What the engine's answer to a ping begins with.
constexpr std::string_view well = "HTTP/1.1 200";

/// \param said receives the beginning of the answer
Task<std::optional<acl::Reason>> ping(Upstream& upstream, std::string& said) {
  constexpr std::string_view question =
      "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n";
  co_await upstream.stream().write(question);
  std::array<char, well.size()> some{};
  while (said.size() < well.size()) {
    const auto room = net::buffer(some.data(), well.size() - said.size());
    const auto [error, n] = co_await upstream.stream().async_read_some(room, as_result);
    if (error)
      co_return upstream.refuses_us() ? acl::Reason::upstream_tls : acl::Reason::upstream_closed;
    said.append(some.data(), n);
  }
  co_return std::nullopt;
}

std::string trouble(const Upstream& upstream, acl::Reason reason) {
  const auto* fault = upstream.fault();
  return fault != nullptr ? fault->advice() : std::string(acl::meaning(reason));
}

}  // namespace

Admin::Admin(const config::Settings& settings, Worker& worker, std::vector<const Metrics*> workers,
             std::function<Process()> process)
    : settings_(settings),
      worker_(worker),
      workers_(std::move(workers)),
      process_(std::move(process)),
      limits_(settings.limits) {
  limits_.idle_time = limits_.head_time;  // nobody has a reason to connect before they ask
}

std::optional<std::string> Admin::open(InheritedSockets& inherited) {
  if (!settings_.admin) return std::nullopt;
  auto listener = Listener::open(worker_.loop, 0, *settings_.admin, inherited);
  if (!listener) return listener.error();
  listener_ = std::move(*listener);
  return std::nullopt;
}

void Admin::start() {
  if (!listener_) return;
  const auto pick = [this]() -> net::io_context& { return worker_.loop; };
  const auto on_client = [this](net::io_context&, Socket client, const acl::Identity&) {
    take(std::move(client));
  };
  spawn(worker_.loop, listener_->run(pick, on_client), ignore_escaped);
  spdlog::info("metrics and health on {}", settings_.admin->address.to_string());
}

void Admin::close() {
  if (listener_) listener_->close();
  for (auto* stream : std::exchange(idle_, {})) stream->close();  // so that none outlives the loop
}

/// Among too many connections the oldest one that waits for its client makes room, so that idle
/// connections cannot keep out a scraper or a health check.
void Admin::take(Socket client) {
  if (open_ >= most_open) {
    if (idle_.empty()) return;
    idle_.front()->close();
    idle_.erase(idle_.begin());
  }
  ++open_;
  spawn(worker_.loop, serve(std::move(client)), ignore_escaped);
}

Task<void> Admin::serve(Socket socket) {
  Client client(std::move(socket), limits_, held_, worker_.heads, [] {});
  auto& stream = client.stream();
  Deadline deadline(worker_.deadlines, [&stream] { stream.close(); });
  http::RequestHead head;
  idle_.push_back(&stream);
  const auto asked = co_await client.read_head(deadline, head);
  std::erase(idle_, &stream);
  if (asked) {
    const auto text = co_await reply_to(head);
    idle_.push_back(&stream);
    deadline.arm(limits_.head_time);
    co_await stream.write(text);
    co_await stream.end_sending();
    co_await client.discard(limits_.head_bytes);
    std::erase(idle_, &stream);
  }
  co_await client.stop_reading();
  --open_;
}

Task<std::string> Admin::reply_to(const http::RequestHead& head) {
  const auto refusal = acl::check_sender(head.sender, worker_.snapshot->admin_web_rules);
  if (refusal) co_return refused(*refusal);
  co_return co_await answer(head.method, head.target);
}

/// Answers in the same form as for clients. The admin listener writes no records, so it logs the
/// refusal.
std::string Admin::refused(const acl::Refusal& refusal) const {
  if (may_log(acl::id(refusal.reason)))
    spdlog::info("{}: refused: {}: {}", settings_.admin->address.to_string(),
                 acl::id(refusal.reason), refusal.message);
  std::string text;
  http::append_refusal(refusal, http::Connection::close, false, text);
  return text;
}

Task<std::string> Admin::answer(std::string_view method, std::string_view path) {
  if (method != "GET")
    co_return reply("405 Method Not Allowed", text_type, "only GET is allowed here\n");
  if (path == "/healthz") co_return reply("200 OK", text_type, "ok\n");
  if (path == "/readyz" || path == "/readyz/engine") {
    if (path == "/readyz" && process_().audit_failed)
      co_return reply("503 Service Unavailable", text_type, "audit records cannot be written\n");
    const auto trouble = co_await ask_engine(until_it_ends);
    if (trouble.empty()) co_return reply("200 OK", text_type, "ready\n");
    co_return reply("503 Service Unavailable", text_type, trouble + "\n");
  }
  if (path == "/metrics") {
    const auto trouble = co_await ask_engine(at_once);
    auto process = process_();
    process.upstream_up = trouble.empty();
    co_return reply("200 OK", metrics_type, exposition(workers_, process));
  }
  co_return reply(
      "404 Not Found", text_type,
      "no such page: this listener has /metrics, /healthz, /readyz and /readyz/engine\n");
}

/// All who ask at a time wait for one ping. Who has not the patience, or would be one too many to
/// wait, is told what the last one found. \returns what is wrong; empty: nothing
Task<std::string> Admin::ask_engine(Deadline::Clock::duration patience) {
  if (!ping_began_) {
    ping_began_ = Deadline::Clock::now();
    spawn(worker_.loop, ping_engine(), [this](const std::exception_ptr&) { ping_ended(); });
  }
  if (waiting_.size() < most_waiting) {
    net::steady_timer wait(worker_.loop, *ping_began_ + patience);
    waiting_.push_back(&wait);
    co_await wait.async_wait(as_result);
    std::erase(waiting_, &wait);
  }
  co_return trouble_;
}

Task<void> Admin::ping_engine() {
  trouble_ = co_await find_trouble();
}

void Admin::ping_ended() {
  ping_began_.reset();
  for (auto* wait : waiting_) wait->cancel();
}

/// Pings the engine as a client would, on a new connection.
Task<std::string> Admin::find_trouble() {
  Upstream upstream(worker_.loop, settings_.upstream, worker_.snapshot, worker_.engine);
  Deadline patience(worker_.deadlines, [&upstream] { upstream.cancel(); });
  const auto limit = settings_.limits.upstream_connect_time;
  auto reason = co_await upstream.open(patience, limit);
  if (!reason) {
    patience.arm(limit);
    std::string said;
    reason = co_await ping(upstream, said);
    if (!reason && said != well)
      co_return fmt::format("the engine answers a ping with {}", acl::quoted(said));
    if (reason && patience.expired())
      co_return "the engine did not answer a ping within `limits.upstream_connect_time`";
  }
  if (!reason) upstream.answered();
  co_return reason ? trouble(upstream, *reason) : "";
}

}  // namespace proxy::admin
