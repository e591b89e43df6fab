// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/engine.hpp"

#include <algorithm>
#include <random>

namespace proxy::engine_stub {
namespace {

std::string new_id() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device source;
  std::string id;
  while (id.size() < 64)
    for (auto bits = source(), left = 8U; left > 0; --left, bits >>= 4U) id += digits[bits & 15U];
  return id;
}

}  // namespace

bool Engine::has_image(std::string_view reference) const {
  if (options_.any_image) return true;
  constexpr std::size_t shortest_id = 12;
  const auto id = reference.starts_with("sha256:") ? reference.substr(7) : reference;
  const bool by_id = id.size() >= shortest_id && demo_image_id.substr(7).starts_with(id);
  return by_id || reference == demo_image || reference == std::string(demo_image) + ":latest";
}

std::shared_ptr<Container> Engine::create(std::string name, Json config) {
  if (containers_.size() >= most_containers) return nullptr;
  auto container = std::make_shared<Container>();
  container->id = new_id();
  container->name = name.empty() ? "stand_in_" + container->id.substr(0, 6) : std::move(name);
  container->created = std::time(nullptr);
  container->config = std::move(config);
  containers_.push_back(container);
  note(*container, "create");
  return container;
}

std::shared_ptr<Container> Engine::container(std::string_view reference) const {
  std::shared_ptr<Container> found;
  for (const auto& container : containers_) {
    if (container->id == reference || container->name == reference) return container;
    if (reference.empty() || !container->id.starts_with(reference)) continue;
    if (found) return nullptr;
    found = container;
  }
  return found;
}

void Engine::start(const std::shared_ptr<Container>& container) {
  container->started = std::time(nullptr);
  container->process.start();
  note(*container, "start");
  if (!container->process.running()) settle(container);
}

void Engine::end(const std::shared_ptr<Container>& container, int exit_code) {
  if (!container->process.running()) return;
  container->process.end(exit_code);
  settle(container);
}

void Engine::settle(const std::shared_ptr<Container>& container) {
  container->finished = std::time(nullptr);
  for (const auto& exec : execs_)
    if (exec->container == container && exec->process.running()) exec->process.end(137);
  note(*container, "die");
  if (flag(member(container->config, "HostConfig"), "AutoRemove")) remove(container);
}

void Engine::remove(const std::shared_ptr<Container>& container) {
  container->process.end(container->process.running() ? 137 : container->process.exit_code());
  container->removed = true;
  std::erase(containers_, container);
  std::erase_if(execs_, [&](const auto& exec) { return exec->container == container; });
  note(*container, "destroy");
}

std::shared_ptr<Exec> Engine::create_exec(std::shared_ptr<Container> container) {
  if (execs_.size() >= most_execs) execs_.pop_front();
  auto exec = std::make_shared<Exec>();
  exec->id = new_id();
  exec->container = std::move(container);
  execs_.push_back(exec);
  return exec;
}

std::shared_ptr<Exec> Engine::exec(std::string_view id) const {
  const auto found = std::ranges::find(execs_, id, [](const auto& exec) { return exec->id; });
  return found != execs_.end() ? *found : nullptr;
}

Task<void> Engine::changed() {
  if (stopping_) co_return;
  co_await changed_.async_wait(as_result);
}

void Engine::stop() {
  stopping_ = true;
  change();
}

void Engine::note(const Container& container, std::string_view action) {
  const auto now = std::time(nullptr);
  const Json attributes = {{"image", text(container.config, "Image")}, {"name", container.name}};
  events_.push_back({{"status", action},
                     {"id", container.id},
                     {"from", text(container.config, "Image")},
                     {"Type", "container"},
                     {"Action", action},
                     {"Actor", {{"ID", container.id}, {"Attributes", attributes}}},
                     {"scope", "local"},
                     {"time", now},
                     {"timeNano", now * 1'000'000'000}});
  if (events_.size() > most_events) {
    events_.pop_front();
    ++forgotten_events_;
  }
  change();
}

}  // namespace proxy::engine_stub
