// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>

#include "proxy/engine_stub/answers.hpp"
#include "proxy/engine_stub/shapes.hpp"

/// What an operation does to containers and execs.
namespace proxy::engine_stub {
namespace {

std::vector<std::string> command_of(const Json& config) {
  std::vector<std::string> words;
  for (const auto* key : {"Entrypoint", "Cmd"})
    for (const auto& word : member(config, key))
      if (word.is_string()) words.push_back(word.get<std::string>());
  return words.empty() ? std::vector<std::string>{"echo"} : words;
}

/// Volumes that a container names are made with it; one without a name gets one.
Json mount(Engine& engine, const std::string& type, std::string source, const std::string& target) {
  if (type == "volume") {
    auto volume = source.empty() ? nullptr : engine.find(Kind::volume, source);
    if (!volume) volume = engine.add(make(Kind::volume, source, {}));
    source = volume ? volume->name() : source;
  }
  return {{"Type", type},
          {"Name", type == "volume" ? source : ""},
          {"Source", type == "volume" ? "" : source},
          {"Destination", target},
          {"Driver", "local"},
          {"Mode", ""},
          {"RW", true},
          {"Propagation", ""}};
}

Json mounts_of(Engine& engine, const Json& config) {
  auto mounts = Json::array();
  const auto& host = member(config, "HostConfig");
  for (const auto& bind : member(host, "Binds")) {
    const auto words = as_text(bind);
    const auto colon = words.find(':');
    if (colon == words.npos) continue;
    const auto target = words.substr(colon + 1);
    mounts.push_back(mount(engine, words.starts_with('/') ? "bind" : "volume",
                           words.substr(0, colon), target.substr(0, target.find(':'))));
  }
  for (const auto& given : member(host, "Mounts"))
    mounts.push_back(
        mount(engine, text(given, "Type"), text(given, "Source"), text(given, "Target")));
  for (const auto& [target, none] : members(member(config, "Volumes")))
    if (std::ranges::none_of(mounts, [&](const Json& m) { return m["Destination"] == target; }))
      mounts.push_back(mount(engine, "volume", "", target));
  return mounts;
}

void connect_to_networks(Engine& engine, Object& container, const Json& config) {
  const auto& endpoints = member(member(config, "NetworkingConfig"), "EndpointsConfig");
  for (const auto& [network, endpoint] : members(endpoints))
    engine.connect(container, network, endpoint);
  const auto mode = text(member(config, "HostConfig"), "NetworkMode");
  if (endpoints.empty() && !mode.starts_with("container:"))
    engine.connect(container, mode.empty() || mode == "default" ? "bridge" : mode, {});
}

Process process_of(const Json& config) {
  Process process;
  process.command = command_of(config);
  process.tty = flag(config, "Tty");
  process.open_stdin = flag(config, "OpenStdin");
  process.stdin_once = flag(config, "StdinOnce");
  process.watched = flag(config, "AttachStdout") || flag(config, "AttachStderr");
  return process;
}

Json host_of(const Json& config) {
  auto host = member(config, "HostConfig");
  if (!host.is_object()) host = Json::object();
  if (text(member(host, "LogConfig"), "Type").empty())
    host["LogConfig"] = {{"Type", "json-file"}, {"Config", Json::object()}};
  return host;
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

Reply not_running(const Object& container) {
  return error(409, "Container " + container.id + " is not running");
}

Instead name_taken(const Engine& engine, std::string_view name) {
  const auto other = name.empty() ? nullptr : engine.find(Kind::container, name);
  if (!other) return std::nullopt;
  return error(409, "Conflict. The container name \"/" + std::string(name) +
                        "\" is already in use by container \"" + other->id + "\".");
}

}  // namespace

Instead create_container(Call& call) {
  const auto& body = call.body();
  if (!body.is_object()) return error(400, "invalid JSON: a container's configuration is due");
  const auto image = call.engine.find(Kind::image, text(body, "Image"));
  if (!image) return error(404, "No such image: " + text(body, "Image"));
  call.engine.rest_on(image);
  const std::string name(call.request.parameter("name"));
  if (auto problem = name_taken(call.engine, name)) return problem;

  auto process = process_of(body);
  auto config = body;
  config.erase("HostConfig");
  config.erase("NetworkingConfig");
  auto made = make(Kind::container, name,
                   {{"path", process.command.front()},
                    {"arguments", std::vector(process.command.begin() + 1, process.command.end())},
                    {"image", image->id},
                    {"config", config},
                    {"host", host_of(body)},
                    {"mounts", mounts_of(call.engine, body)}});
  made.process = std::move(process);
  connect_to_networks(call.engine, made, body);
  call.object = call.engine.add(std::move(made));
  if (!call.object) return not_here("there are too many containers; remove some");
  return std::nullopt;
}

Instead create_exec(Call& call) {
  const auto container = call.object;
  if (!container->process.running()) return not_running(*container);
  call.from["object"] = container->whole;
  auto exec = make(Kind::exec, "", call.from);
  exec.owner = container;
  exec.process = process_of(call.body());
  exec.process.open_stdin = exec.process.stdin_once = flag(call.body(), "AttachStdin");
  exec.process.watched = true;
  call.object = call.engine.add(std::move(exec));
  return std::nullopt;
}

Instead start(Call& call) {
  if (!call.request.parameter("checkpoint").empty()) return not_here("there are no checkpoints");
  if (call.object->process.running()) return Reply{304};
  call.engine.start(call.object);
  return std::nullopt;
}

Instead stop(Call& call) {
  if (!call.object->process.running()) return Reply{304};
  call.engine.end(call.object, 143);
  return std::nullopt;
}

Instead restart(Call& call) {
  call.engine.end(call.object, 143);
  if (!call.object->removed) call.engine.start(call.object);
  return std::nullopt;
}

Instead kill(Call& call) {
  if (!call.object->process.running()) return not_running(*call.object);
  if (const auto code = exit_code_of(call.request.parameter("signal")))
    call.engine.end(call.object, *code);
  return std::nullopt;
}

Instead pause(Call& call) {
  if (!call.object->process.running()) return not_running(*call.object);
  const bool pausing = call.request.operation == acl::Operation::ContainerPause;
  auto& state = call.object->whole["State"];
  state["Paused"] = pausing;
  state["Status"] = pausing ? "paused" : "running";
  call.engine.note(*call.object, pausing ? "pause" : "unpause");
  return std::nullopt;
}

Instead rename(Call& call) {
  const std::string name(call.request.parameter("name"));
  if (name.empty()) return error(400, "a container's name is due");
  if (auto problem = name_taken(call.engine, name)) return problem;
  call.object->names = {name};
  call.object->whole["Name"] = "/" + name;
  call.engine.note(*call.object, "rename");
  return std::nullopt;
}

}  // namespace proxy::engine_stub
