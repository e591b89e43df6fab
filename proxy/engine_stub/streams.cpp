// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/streams.hpp"

#include "proxy/engine_stub/raw_stream.hpp"

namespace proxy::engine_stub {
namespace {

bool asks(const acl::Request& request, std::string_view parameter) {
  const auto value = request.parameter(parameter);
  return value == "1" || value == "true" || value == "True";
}

Task<bool> send(Call call, std::string_view bytes) {
  const auto [error, n] = co_await call.client.stream().write(bytes);
  co_return !error;
}

Task<bool> send_chunk(Call call, std::string_view data) {
  std::string chunk;
  http::append_chunk_line(data.size(), chunk);
  chunk.append(data).append("\r\n");
  co_return co_await send(call, chunk);
}

Task<bool> send_stream_head(Call call, std::string_view content_type) {
  std::string head;
  append_stream_head(content_type, head);
  call.client.read_ahead();  // so that the client's leaving is noticed
  co_return co_await send(call, head);
}

bool left(const Call& call) {
  return call.client.end() || call.engine.stopping();
}

Task<bool> hijack(Call call, Process& process, RawStream::Wants wants,
                  std::function<void()> ended) {
  std::string head;
  append_hijack_head(call.upgrades, head);
  if (!co_await send(call, head)) co_return false;
  RawStream stream(call.engine, call.client, process, wants);
  co_await stream.run(std::move(ended));
  co_return false;
}

/// Sends what a process has written from `position` on. \returns where it stopped; nothing where
/// the client has left.
Task<std::optional<std::uint64_t>> send_log(Call call, const Process& process,
                                            std::uint64_t position) {
  const auto& output = process.output;
  position = std::max(position, output.begin());
  for (; position < output.end(); position = std::max(position + 1, output.begin())) {
    const auto& chunk = output.at(position);
    if (!asks(call.request, chunk.stream == Stream::out ? "stdout" : "stderr")) continue;
    std::string frame;
    append_frame(chunk, process.tty, frame);
    if (!co_await send_chunk(call, frame)) co_return std::nullopt;
  }
  co_return position;
}

/// What a container's log can be asked for here, or why not.
std::optional<Reply> check_log_query(const acl::Request& request) {
  if (!asks(request, "stdout") && !asks(request, "stderr"))
    return error(400, "Bad parameters: you must choose at least one stream");
  const auto tail = request.parameter("tail");
  const auto is_set = [&](std::string_view name) {
    const auto value = request.parameter(name);
    return !value.empty() && value != "0" && value != "false";
  };
  if (is_set("timestamps") || is_set("since") || is_set("until") ||
      (!tail.empty() && tail != "all"))
    return not_here("logs are sent whole and without times");
  return std::nullopt;
}

}  // namespace

Task<bool> send_reply(Call call, Reply reply) {
  std::string out;
  const bool to_head = call.request.method == acl::Method::head;
  append_reply(reply, to_head, http::Connection::unsaid, out);
  co_return co_await send(call, out);
}

Task<bool> container_attach(Call call) {
  const auto container = call.engine.container(call.request.name());
  if (!container) co_return co_await send_reply(call, no_such_container(call.request.name()));
  const RawStream::Wants wants{.input = asks(call.request, "stdin"),
                               .backlog = asks(call.request, "logs")};
  co_return co_await hijack(call, container->process, wants,
                            [&] { call.engine.end(container, 0); });
}

Task<bool> container_logs(Call call) {
  const auto container = call.engine.container(call.request.name());
  if (!container) co_return co_await send_reply(call, no_such_container(call.request.name()));
  if (auto problem = check_log_query(call.request)) co_return co_await send_reply(call, *problem);
  if (!co_await send_stream_head(call, "application/vnd.docker.raw-stream")) co_return false;
  const auto& process = container->process;
  auto position = co_await send_log(call, process, 0);
  while (position && asks(call.request, "follow") && process.running() && !left(call)) {
    co_await call.engine.changed();
    position = co_await send_log(call, process, *position);
  }
  co_return position && !left(call) && co_await send(call, "0\r\n\r\n");
}

Task<bool> container_wait(Call call) {
  const auto container = call.engine.container(call.request.name());
  if (!container) co_return co_await send_reply(call, no_such_container(call.request.name()));
  const auto& process = container->process;
  const auto condition = call.request.parameter("condition");
  const auto exits = process.exits();
  const auto met = [&] {
    if (condition == "removed") return container->removed;
    if (condition == "next-exit") return process.exits() != exits;
    return !process.running();
  };
  // The head comes first: `docker run` starts the container only once it has seen it.
  if (!co_await send_stream_head(call, "application/json")) co_return false;
  while (!met() && !left(call)) co_await call.engine.changed();
  if (left(call)) co_return false;
  const auto answer = dump({{"StatusCode", process.exit_code()}});
  co_return co_await send_chunk(call, answer) && co_await send(call, "0\r\n\r\n");
}

Task<bool> exec_start(Call call) {
  const auto exec = call.engine.exec(call.request.name());
  if (!exec) co_return co_await send_reply(call, no_such_exec(call.request.name()));
  if (!exec->container->process.running())
    co_return co_await send_reply(
        call, error(409, "Container " + exec->container->id + " is not running"));
  if (exec->process.state() != Process::State::created)
    co_return co_await send_reply(call, error(409, "exec has already run"));
  if (flag(call.body, "Detach")) {
    exec->process.start();
    exec->process.end(0);
    co_return co_await send_reply(call, {200, {}});
  }
  std::string head;
  append_hijack_head(call.upgrades, head);
  if (!co_await send(call, head)) co_return false;
  RawStream stream(call.engine, call.client, exec->process, {});
  exec->process.start();
  co_await stream.run([&] { exec->process.end(0); });
  co_return false;
}

Task<bool> events(Call call) {
  for (const auto* parameter : {"since", "until", "filters"}) {
    const auto value = call.request.parameter(parameter);
    if (!value.empty() && value != "{}")
      co_return co_await send_reply(call, not_here("events are neither filtered nor kept"));
  }
  auto position = call.engine.events_end();
  if (!co_await send_stream_head(call, "application/json")) co_return false;
  while (!left(call)) {
    position = std::max(position, call.engine.events_begin());
    const bool news = position < call.engine.events_end();
    if (!news) co_await call.engine.changed();
    if (news && !co_await send_chunk(call, dump(call.engine.event(position++)))) co_return false;
  }
  co_return false;
}

}  // namespace proxy::engine_stub
