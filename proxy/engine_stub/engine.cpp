// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/engine.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "proxy/engine_stub/shapes.hpp"

namespace proxy::engine_stub {
namespace {

std::string_view without_algorithm(std::string_view id) {
  return id.starts_with("sha256:") ? id.substr(7) : id;
}

bool is_begun_by(const Object& object, std::string_view reference) {
  constexpr std::size_t shortest_of_image = 12;
  if (object.kind == Kind::volume || reference.empty()) return false;
  if (object.kind != Kind::image) return object.id.starts_with(reference);
  const auto begin = without_algorithm(reference);
  return begin.size() >= shortest_of_image && without_algorithm(object.id).starts_with(begin);
}

bool uses(const Object& container, const Object& object) {
  const auto& whole = container.whole;
  if (object.kind == Kind::image) return text(whole, "Image") == object.id;
  if (object.kind == Kind::network)
    return whole["NetworkSettings"]["Networks"].contains(object.name());
  return object.kind == Kind::volume &&
         std::ranges::any_of(whole["Mounts"], [&](const Json& mount) {
           return text(mount, "Name") == object.name();
         });
}

/// Writes what its process does into what clients are told of it.
void show_state(Object& object) {
  const bool running = object.process.running();
  if (object.kind == Kind::exec) {
    object.whole["Running"] = running;
    if (!running) object.whole["ExitCode"] = object.process.exit_code();
    return;
  }
  auto& state = object.whole["State"];
  state["Status"] = running ? "running" : "exited";
  state["Running"] = running;
  state["Paused"] = false;
  state["ExitCode"] = object.process.exit_code();
  state[running ? "StartedAt" : "FinishedAt"] = time_text(std::time(nullptr));
  if (const auto& check = member(object.whole["Config"], "Healthcheck"); check.is_object())
    state["Health"] = {{"Status", "healthy"}, {"FailingStreak", 0}, {"Log", Json::array()}};
}

}  // namespace

bool built_in(const Object& object) {
  return object.kind == Kind::network &&
         (object.name() == "bridge" || object.name() == "host" || object.name() == "none");
}

std::string new_id() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device source;
  std::string id;
  while (id.size() < 64)
    for (auto bits = source(), left = 8U; left > 0; --left, bits >>= 4U) id += digits[bits & 15U];
  return id;
}

std::string time_text(std::time_t time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

std::string image_name(std::string_view reference) {
  for (const std::string_view part : {"docker.io/", "library/"})
    if (reference.starts_with(part)) reference.remove_prefix(part.size());
  std::string name(reference);
  const auto last = name.substr(name.rfind('/') + 1);
  if (last.find(':') == last.npos && last.find('@') == last.npos) name += ":latest";
  return name;
}

Engine::Engine(net::io_context& loop, Options options)
    : options_(std::move(options)), changed_(loop, net::steady_timer::time_point::max()) {
  for (const auto* name : {"bridge", "host", "none"})
    add(make(Kind::network, name, {{"body", {{"Driver", name}}}}));
  add(make_image("tidegate/demo:latest",
                 {{"tidegate", "the stand-in engine's: it runs no programs"}}));
}

Handle Engine::add(Object object) {
  auto& others = objects_[static_cast<std::size_t>(object.kind)];
  if (others.size() >= most_objects) {
    if (object.kind != Kind::exec) return nullptr;
    others.erase(others.begin());
  }
  others.push_back(std::make_shared<Object>(std::move(object)));
  note(*others.back(), "create");
  return others.back();
}

Handle Engine::find(Kind kind, std::string_view reference) const {
  const auto name = kind == Kind::image ? image_name(reference) : std::string(reference);
  std::vector<Handle> begun;
  for (const auto& object : all(kind)) {
    if (object->id == reference || std::ranges::count(object->names, name) != 0) return object;
    if (is_begun_by(*object, reference)) begun.push_back(object);
  }
  if (begun.size() == 1) return begun.front();
  if (kind != Kind::image || !options_.any_image) return nullptr;
  return std::make_shared<Object>(make_image(name, {}));
}

void Engine::rest_on(const Handle& image) const {
  if (std::ranges::count(all(Kind::image), image) == 0) guess({{"image", image->name()}});
}

void Engine::found_nothing(acl::Operation operation) const {
  guess({{"nothing", acl::info(operation).name}});
}

void Engine::guess(const Json& line) const {
  if (!options_.guesses.empty())
    std::ofstream(options_.guesses, std::ios::app) << dump(line) << '\n';
}

Handle Engine::user_of(const Object& object) const {
  const auto found = std::ranges::find_if(
      all(Kind::container), [&](const auto& container) { return uses(*container, object); });
  return found != all(Kind::container).end() ? *found : nullptr;
}

void Engine::remove(const Handle& object) {
  if (object->kind == Kind::container) {
    object->process.end(object->process.running() ? 137 : object->process.exit_code());
    std::erase_if(objects_[static_cast<std::size_t>(Kind::exec)],
                  [&](const auto& exec) { return exec->owner == object; });
    const auto networks = members(object->whole["NetworkSettings"]["Networks"]);
    for (const auto& [network, endpoint] : networks) disconnect(*object, network);
  }
  object->removed = true;
  std::erase(objects_[static_cast<std::size_t>(object->kind)], object);
  note(*object, "destroy");
}

void Engine::start(const Handle& object) {
  object->process.start();
  if (object->kind == Kind::container)
    object->whole["NetworkSettings"]["Ports"] = published_ports(*object);
  show_state(*object);
  note(*object, "start");
  if (!object->process.running()) settle(object);
}

void Engine::end(const Handle& object, int exit_code) {
  if (!object->process.running()) return;
  object->process.end(exit_code);
  settle(object);
}

void Engine::settle(const Handle& object) {
  show_state(*object);
  for (const auto& exec : all(Kind::exec))
    if (exec->owner == object) end(exec, 137);
  note(*object, "die");
  if (flag(member(object->whole, "HostConfig"), "AutoRemove")) remove(object);
}

/// {"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"32768"}]}. Nobody listens there.
Json Engine::published_ports(const Object& container) {
  const auto& host = container.whole["HostConfig"];
  auto ports = Json::object();
  for (const auto& [port, none] : members(member(container.whole["Config"], "ExposedPorts")))
    ports[port] = flag(host, "PublishAllPorts") ? Json::array({Json::object()}) : Json();
  for (const auto& [port, bindings] : members(member(host, "PortBindings"))) ports[port] = bindings;
  for (auto& bindings : ports) {
    if (!bindings.is_array()) continue;
    for (auto& binding : bindings) {
      const auto address = text(binding, "HostIp");
      auto number = text(binding, "HostPort");
      if (number.empty() || number == "0") number = std::to_string(next_port_++);
      binding = {{"HostIp", address.empty() ? "0.0.0.0" : address}, {"HostPort", number}};
    }
  }
  return ports;
}

void Engine::connect(Object& container, std::string_view network, const Json& endpoint) {
  const auto found = find(Kind::network, network);
  const auto name = found ? found->name() : std::string(network);
  container.whole["NetworkSettings"]["Networks"][name] = fill(
      R"({"IPAMConfig":"$/endpoint/IPAMConfig","Links":"$/endpoint/Links",
          "Aliases":"$/endpoint/Aliases","NetworkID":"$/network","EndpointID":"$/id","Gateway":"",
          "IPAddress":"","IPPrefixLen":0,"MacAddress":"","DriverOpts":null})",
      {{"endpoint", endpoint}, {"network", found ? found->id : ""}, {"id", new_id()}});
  if (found) found->whole["Containers"][container.id] = {{"Name", container.name()}};
}

void Engine::disconnect(Object& container, std::string_view network) {
  const auto found = find(Kind::network, network);
  if (found) found->whole["Containers"].erase(container.id);
  container.whole["NetworkSettings"]["Networks"].erase(found ? found->name()
                                                             : std::string(network));
}

Task<void> Engine::changed() {
  if (stopping_) co_return;
  co_await changed_.async_wait(as_result);
}

void Engine::stop() {
  stopping_ = true;
  change();
}

void Engine::note(const Object& object, std::string_view action) {
  if (object.kind != Kind::exec && object.kind != Kind::image) {
    const auto now = std::time(nullptr);
    const auto& config = member(object.whole, "Config");
    auto attributes = member(object.kind == Kind::container ? config : object.whole, "Labels");
    if (!attributes.is_object()) attributes = Json::object();
    attributes["name"] = object.name();
    if (object.kind == Kind::container) attributes["image"] = member(config, "Image");
    events_.push_back(fill(
        R"({"status":"$/action","id":"$/id","from":"$/attributes/image","Type":"$/type",
            "Action":"$/action","Actor":{"ID":"$/id","Attributes":"$/attributes"},
            "scope":"local","time":"$/time","timeNano":"$/nano"})",
        {{"action", action},
         {"id", object.id},
         {"attributes", attributes},
         {"type", shape(object.kind).type},
         {"time", now},
         {"nano", now * 1'000'000'000}}));
  }
  if (events_.size() > most_events) {
    events_.pop_front();
    ++forgotten_events_;
  }
  change();
}

}  // namespace proxy::engine_stub
