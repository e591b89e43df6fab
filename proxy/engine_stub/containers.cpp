// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>

#include <array>
#include <charconv>

#include "proxy/engine_stub/answers.hpp"

namespace proxy::engine_stub {
namespace {

using State = Process::State;

std::string_view name_of(State state) {
  switch (state) {
    case State::created: return "created";
    case State::running: return "running";
    case State::exited: return "exited";
  }
  return "";
}

std::string time_text(std::time_t time) {
  // The engine's own zero: what has not happened yet.
  if (time == 0) return "0001-01-01T00:00:00Z";
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

std::string ago(std::time_t time) {
  return fmt::format("{} seconds ago", std::time(nullptr) - time);
}

std::string status_of(const Container& container) {
  const auto& process = container.process;
  if (process.running()) return "Up, started " + ago(container.started);
  if (process.state() == State::created) return "Created";
  return fmt::format("Exited ({}) {}", process.exit_code(), ago(container.finished));
}

std::vector<std::string> command_of(const Json& config) {
  std::vector<std::string> words;
  for (const auto* key : {"Entrypoint", "Cmd"})
    for (const auto& word : member(config, key))
      if (word.is_string()) words.push_back(word.get<std::string>());
  return words.empty() ? std::vector<std::string>{"echo"} : words;
}

Json summary(const Container& container) {
  std::string command;
  for (const auto& word : container.process.command) command += (command.empty() ? "" : " ") + word;
  const auto labels = member(container.config, "Labels");
  return {{"Id", container.id},
          {"Names", {"/" + container.name}},
          {"Image", text(container.config, "Image")},
          {"ImageID", demo_image_id},
          {"Command", command},
          {"Created", container.created},
          {"Ports", Json::array()},
          {"Labels", labels.is_object() ? labels : Json::object()},
          {"State", name_of(container.process.state())},
          {"Status", status_of(container)},
          {"HostConfig", {{"NetworkMode", "default"}}},
          {"NetworkSettings", {{"Networks", Json::object()}}},
          {"Mounts", Json::array()}};
}

Json state(const Container& container) {
  const auto& process = container.process;
  return {{"Status", name_of(process.state())},
          {"Running", process.running()},
          {"Paused", false},
          {"Restarting", false},
          {"OOMKilled", false},
          {"Dead", false},
          {"Pid", 0},
          {"ExitCode", process.exit_code()},
          {"Error", ""},
          {"StartedAt", time_text(container.started)},
          {"FinishedAt", time_text(container.finished)}};
}

Json details(const Container& container) {
  auto config = container.config;
  auto host = member(config, "HostConfig");
  if (!host.is_object()) host = Json::object();
  if (!member(host, "LogConfig").is_object()) host["LogConfig"] = Json::object();
  if (text(host["LogConfig"], "Type").empty()) host["LogConfig"]["Type"] = "json-file";
  config.erase("HostConfig");
  config.erase("NetworkingConfig");
  auto arguments = container.process.command;
  const auto path = arguments.front();
  arguments.erase(arguments.begin());
  return {{"Id", container.id},
          {"Created", time_text(container.created)},
          {"Path", path},
          {"Args", arguments},
          {"State", state(container)},
          {"Image", demo_image_id},
          {"Name", "/" + container.name},
          {"RestartCount", 0},
          {"Driver", "memory"},
          {"Platform", "linux"},
          {"Mounts", Json::array()},
          {"Config", std::move(config)},
          {"HostConfig", std::move(host)},
          {"NetworkSettings", {{"Ports", Json::object()}, {"Networks", Json::object()}}}};
}

/// What a signal does to a program that handles none: most of them end it.
std::optional<int> exit_code_of(std::string_view signal) {
  constexpr std::array<std::pair<std::string_view, int>, 6> ending{
      {{"HUP", 1}, {"INT", 2}, {"QUIT", 3}, {"KILL", 9}, {"TERM", 15}, {"", 9}}};
  if (signal.starts_with("SIG")) signal.remove_prefix(3);
  int number = 0;
  std::from_chars(signal.data(), signal.data() + signal.size(), number);
  for (const auto& [name, value] : ending)
    if (signal == name || number == value) return 128 + value;
  return std::nullopt;
}

}  // namespace

Reply no_such_container(std::string_view reference) {
  return error(404, "No such container: " + std::string(reference));
}

Reply container_create(Engine& engine, const Ask& ask) {
  const auto image = text(ask.body, "Image");
  if (!ask.body.is_object()) return error(400, "invalid JSON: a container's configuration is due");
  if (!engine.has_image(image)) return error(404, "No such image: " + image);
  const std::string name(ask.request.parameter("name"));
  if (const auto other = name.empty() ? nullptr : engine.container(name))
    return error(409, "Conflict. The container name \"/" + name +
                          "\" is already in use by container \"" + other->id + "\".");
  const auto container = engine.create(name, ask.body);
  if (!container) return not_here("there are too many containers; remove some");
  auto& process = container->process;
  process.command = command_of(ask.body);
  process.tty = flag(ask.body, "Tty");
  process.open_stdin = flag(ask.body, "OpenStdin");
  process.stdin_once = flag(ask.body, "StdinOnce");
  process.watched = flag(ask.body, "AttachStdout") || flag(ask.body, "AttachStderr");
  return {201, {{"Id", container->id}, {"Warnings", Json::array()}}};
}

Reply container_list(Engine& engine, const Ask& ask) {
  const auto filters = ask.request.parameter("filters");
  if (!filters.empty() && filters != "{}") return not_here("lists are not filtered");
  const auto wanted = ask.request.parameter("all");
  const bool all = wanted == "1" || wanted == "true" || wanted == "True";
  auto list = Json::array();
  for (const auto& container : engine.containers())
    if (all || container->process.running()) list.push_back(summary(*container));
  return {200, list};
}

Reply container_inspect(Engine& engine, const Ask& ask) {
  const auto container = engine.container(ask.request.name());
  return container ? Reply{200, details(*container)} : no_such_container(ask.request.name());
}

Reply container_start(Engine& engine, const Ask& ask) {
  const auto container = engine.container(ask.request.name());
  if (!container) return no_such_container(ask.request.name());
  if (!ask.request.parameter("checkpoint").empty()) return not_here("there are no checkpoints");
  if (container->process.running()) return {304, {}};
  engine.start(container);
  return {204, {}};
}

Reply container_stop(Engine& engine, const Ask& ask) {
  const auto container = engine.container(ask.request.name());
  if (!container) return no_such_container(ask.request.name());
  if (!container->process.running()) return {304, {}};
  engine.end(container, 143);
  return {204, {}};
}

Reply container_kill(Engine& engine, const Ask& ask) {
  const auto container = engine.container(ask.request.name());
  if (!container) return no_such_container(ask.request.name());
  if (!container->process.running())
    return error(409, "Container " + container->id + " is not running");
  if (const auto code = exit_code_of(ask.request.parameter("signal"))) engine.end(container, *code);
  return {204, {}};
}

Reply container_delete(Engine& engine, const Ask& ask) {
  const auto container = engine.container(ask.request.name());
  if (!container) return no_such_container(ask.request.name());
  const auto force = ask.request.parameter("force");
  if (container->process.running() && force != "1" && force != "true" && force != "True")
    return error(409, "You cannot remove a running container " + container->id +
                          ". Stop the container before attempting removal or force remove");
  engine.remove(container);
  return {204, {}};
}

Reply container_resize(Engine& engine, const Ask& ask) {
  if (!engine.container(ask.request.name())) return no_such_container(ask.request.name());
  return {200, {}};
}

}  // namespace proxy::engine_stub
