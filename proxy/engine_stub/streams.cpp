// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "proxy/engine_stub/answers.hpp"
#include "proxy/engine_stub/filters.hpp"
#include "proxy/engine_stub/raw_stream.hpp"
#include "proxy/engine_stub/shapes.hpp"
#include "proxy/http/writer.hpp"

/// What takes a while to answer.
namespace proxy::engine_stub {
namespace {

/// What the engine's own answers carry; clients choose their API version by it.
http::ResponseHead head_with(unsigned status, std::string_view content_type) {
  http::ResponseHead head;
  head.status = status;
  head.phrase = http::phrase(status);
  head.fields = {{"Api-Version", "1.41"},
                 {"Docker-Experimental", "false"},
                 {"Ostype", "linux"},
                 {"Builder-Version", "1"},
                 {"Server", "Docker/0 (tidegate stand-in)"}};
  if (!content_type.empty()) head.fields.push_back({"Content-Type", content_type});
  return head;
}

Task<bool> send(Call& call, std::string_view bytes) {
  const auto [error, n] = co_await call.client.stream().write(bytes);
  co_return !error;
}

Task<bool> send_chunk(Call& call, std::string_view data) {
  std::string chunk;
  http::append_chunk_line(data.size(), chunk);
  chunk.append(data).append("\r\n");
  co_return co_await send(call, chunk);
}

Task<bool> send_stream_head(Call& call, std::string_view content_type) {
  std::string head;
  http::append_response_head(head_with(200, content_type), {http::Framing::chunked},
                             http::Connection::unsaid, head);
  call.client.read_ahead();  // so that the client's leaving is noticed
  co_return co_await send(call, head);
}

bool left(const Call& call) {
  return call.client.end() || call.engine.stopping();
}

/// After this the connection is a raw stream: 101 where the client asked for the upgrade, else the
/// older 200.
Task<bool> send_hijack_head(Call& call) {
  auto head = head_with(call.upgrades ? 101 : 200, "application/vnd.docker.raw-stream");
  head.fields.push_back({"Upgrade", "tcp"});
  std::string out;
  http::append_response_head(head, {http::Framing::until_eof},
                             call.upgrades ? http::Connection::upgrade : http::Connection::close,
                             out);
  co_return co_await send(call, out);
}

/// Sends what a process has written from `position` on. \returns where it stopped; nothing where
/// the client has left.
Task<std::optional<std::uint64_t>> send_log(Call& call, std::uint64_t position) {
  const auto& process = call.object->process;
  const auto& output = process.output;
  position = std::max(position, output.begin());
  for (; position < output.end(); position = std::max(position + 1, output.begin())) {
    const auto& chunk = output.at(position);
    if (!call.asks(chunk.stream == Stream::out ? "stdout" : "stderr")) continue;
    std::string frame;
    if (call.asks("timestamps")) {
      const auto& started = call.object->whole["State"]["StartedAt"];
      append_frame({chunk.stream, as_text(started) + " " + chunk.text}, process.tty, frame);
    } else {
      append_frame(chunk, process.tty, frame);
    }
    if (!co_await send_chunk(call, frame)) co_return std::nullopt;
  }
  co_return position;
}

/// What a container's log can be asked for here, or why not.
Instead check_log_query(const Call& call) {
  if (!call.asks("stdout") && !call.asks("stderr"))
    return error(400, "Bad parameters: you must choose at least one stream");
  for (const auto* name : {"since", "until"}) {
    const auto value = call.request.parameter(name);
    if (!value.empty() && value != "0" && !value.starts_with("0001-"))
      return not_here("logs are not cut by time");
  }
  return std::nullopt;
}

/// Where the log's last `tail` pieces begin.
std::uint64_t log_begin(const Call& call) {
  const auto tail = call.request.parameter("tail");
  const auto& output = call.object->process.output;
  std::uint64_t most = 0;
  const auto [end, problem] = std::from_chars(tail.data(), tail.data() + tail.size(), most);
  if (problem != std::errc() || most > output.end()) return 0;
  return output.end() - most;
}

Json facts_of_event(const Json& event) {
  return fill(R"({"type":"$/Type","event":"$/Action","label":"$/Actor/Attributes|{}",
                  "container":["$/Actor/ID","$/Actor/Attributes/name"],"image":"$/from"})",
              event);
}

}  // namespace

Task<bool> send_reply(Call& call, Reply reply) {
  const bool bodiless = reply.status == 204 || reply.status == 304;
  std::string body;
  if (reply.lines)
    for (const auto& record : reply.body) body += dump(record) + "\r\n";
  else if (!reply.body.is_null())
    body = reply.body.is_string() ? as_text(reply.body) : dump(reply.body) + "\n";
  const auto* type = reply.body.is_string() ? "text/plain; charset=utf-8" : "application/json";
  http::OutgoingBody framing{http::Framing::length, body.size()};
  if (bodiless) framing = {};
  std::string out;
  http::append_response_head(head_with(reply.status, body.empty() ? "" : type), framing,
                             http::Connection::unsaid, out);
  if (!bodiless && call.request.method != acl::Method::head) out += body;
  co_return co_await send(call, out);
}

Task<bool> attach(Call& call) {
  if (!co_await send_hijack_head(call)) co_return false;
  RawStream stream(call.engine, call.client, call.object->process,
                   {.input = call.asks("stdin"), .backlog = call.asks("logs")});
  co_await stream.run([&] { call.engine.end(call.object, 0); });
  co_return false;
}

Task<bool> logs(Call& call) {
  if (auto problem = check_log_query(call)) co_return co_await send_reply(call, *problem);
  if (!co_await send_stream_head(call, "application/vnd.docker.raw-stream")) co_return false;
  auto position = co_await send_log(call, log_begin(call));
  while (position && call.asks("follow") && call.object->process.running() && !left(call)) {
    co_await call.engine.changed();
    position = co_await send_log(call, *position);
  }
  co_return position && !left(call) && co_await send(call, "0\r\n\r\n");
}

Task<bool> wait(Call& call) {
  const auto& process = call.object->process;
  const auto condition = call.request.parameter("condition");
  const auto exits = process.exits();
  const auto met = [&] {
    if (condition == "removed") return call.object->removed;
    if (condition == "next-exit") return process.exits() != exits;
    return !process.running();
  };
  // The head comes first: `docker run` starts the container only once it has seen it.
  if (!co_await send_stream_head(call, "application/json")) co_return false;
  while (!met() && !left(call)) co_await call.engine.changed();
  if (left(call)) co_return false;
  const auto answer = dump({{"StatusCode", process.exit_code()}}) + "\n";
  co_return co_await send_chunk(call, answer) && co_await send(call, "0\r\n\r\n");
}

Task<bool> exec_start(Call& call) {
  const auto& exec = call.object;
  if (!exec->owner->process.running())
    co_return co_await send_reply(call,
                                  error(409, "Container " + exec->owner->id + " is not running"));
  if (exec->process.state() != Process::State::created)
    co_return co_await send_reply(call, error(409, "exec has already run"));
  if (flag(call.body(), "Detach")) {
    call.engine.start(exec);
    call.engine.end(exec, 0);
    co_return co_await send_reply(call, {});
  }
  if (!co_await send_hijack_head(call)) co_return false;
  RawStream stream(call.engine, call.client, exec->process, {});
  call.engine.start(exec);
  co_await stream.run([&] { call.engine.end(exec, 0); });
  co_return false;
}

Task<bool> events(Call& call) {
  const Filters filters(call.request.parameter("filters"), facts_of_event({}));
  if (filters.problem) co_return co_await send_reply(call, *filters.problem);
  for (const auto* parameter : {"since", "until"})
    if (!call.request.parameter(parameter).empty())
      co_return co_await send_reply(call, not_here("events are not kept"));
  auto position = call.engine.events_end();
  if (!co_await send_stream_head(call, "application/json")) co_return false;
  while (!left(call)) {
    position = std::max(position, call.engine.events_begin());
    if (position == call.engine.events_end()) {
      co_await call.engine.changed();
      continue;
    }
    const auto& event = call.engine.event(position++);
    if (!filters.let_through(facts_of_event(event))) continue;
    if (!co_await send_chunk(call, dump(event) + "\n")) co_return false;
  }
  co_return false;
}

}  // namespace proxy::engine_stub
