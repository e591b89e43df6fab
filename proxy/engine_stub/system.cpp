// SPDX-License-Identifier: Apache-2.0
#include <sys/utsname.h>
#include <unistd.h>

#include "proxy/engine_stub/answers.hpp"

namespace proxy::engine_stub {
namespace {

constexpr std::string_view server_version = "0 (tidegate stand-in)";
constexpr std::string_view what_it_is =
    "tidegate's stand-in engine: it answers from memory and runs no programs";

utsname machine() {
  utsname names{};
  ::uname(&names);
  return names;
}

std::string_view architecture(std::string_view of_kernel) {
  if (of_kernel == "x86_64") return "amd64";
  return of_kernel == "aarch64" ? "arm64" : of_kernel;
}

Json image_summary() {
  return {{"Id", demo_image_id},
          {"ParentId", ""},
          {"RepoTags", {std::string(demo_image) + ":latest"}},
          {"RepoDigests", Json::array()},
          {"Created", 0},
          {"Size", 0},
          {"SharedSize", -1},
          {"VirtualSize", 0},
          {"Labels", {{"tidegate", what_it_is}}},
          {"Containers", -1}};
}

}  // namespace

Reply not_here(std::string_view what) {
  return error(501, "tidegate's stand-in engine cannot do this: " + std::string(what));
}

Reply ping(Engine& /*engine*/, const Ask& /*ask*/) {
  return {200, "OK"};
}

Reply version(Engine& /*engine*/, const Ask& /*ask*/) {
  const auto names = machine();
  const std::string name = "tidegate-engine-stub";
  const Json component = {{"Name", name},
                          {"Version", server_version},
                          {"Details", {{"ApiVersion", "1.41"}, {"What", what_it_is}}}};
  return {200,
          {{"Platform", {{"Name", name}}},
           {"Name", name},
           {"Components", Json::array({component})},
           {"Version", server_version},
           {"ApiVersion", "1.41"},
           {"MinAPIVersion", "1.24"},
           {"GitCommit", ""},
           {"GoVersion", "none"},
           {"Os", "linux"},
           {"Arch", architecture(names.machine)},
           {"KernelVersion", names.release},
           {"BuildTime", ""}}};
}

Reply info(Engine& engine, const Ask& /*ask*/) {
  const auto names = machine();
  const auto all = static_cast<std::ptrdiff_t>(engine.containers().size());
  const auto running = std::ranges::count_if(
      engine.containers(), [](const auto& container) { return container->process.running(); });
  return {200,
          {{"ID", "tidegate-engine-stub"},
           {"Name", "tidegate-engine-stub"},
           {"ServerVersion", server_version},
           {"Containers", all},
           {"ContainersRunning", running},
           {"ContainersPaused", 0},
           {"ContainersStopped", all - running},
           {"Images", 1},
           {"Driver", "memory"},
           {"DriverStatus", Json::array()},
           {"Plugins", {{"Volume", {"local"}}, {"Network", {"bridge"}}, {"Log", {"json-file"}}}},
           {"LoggingDriver", "json-file"},
           {"CgroupDriver", "none"},
           {"CgroupVersion", "2"},
           {"KernelVersion", names.release},
           {"OperatingSystem", what_it_is},
           {"OSType", "linux"},
           {"Architecture", names.machine},
           {"NCPU", ::sysconf(_SC_NPROCESSORS_ONLN)},
           {"MemTotal", 0},
           {"DockerRootDir", ""},
           {"IndexServerAddress", ""},
           {"RegistryConfig", Json::object()},
           {"Runtimes", Json::object()},
           {"DefaultRuntime", "none"},
           {"Swarm", {{"LocalNodeState", "inactive"}}},
           {"SecurityOptions", Json::array()},
           {"Labels", Json::array()},
           {"Warnings", Json::array()}}};
}

Reply image_list(Engine& /*engine*/, const Ask& /*ask*/) {
  return {200, Json::array({image_summary()})};
}

Reply image_inspect(Engine& engine, const Ask& ask) {
  if (!engine.has_image(ask.request.name()))
    return error(404, "No such image: " + std::string(ask.request.name()));
  auto image = image_summary();
  image["Created"] = "1970-01-01T00:00:00Z";
  image["Architecture"] = architecture(machine().machine);
  image["Os"] = "linux";
  image["Config"] = {{"Cmd", {"echo"}}, {"Env", Json::array()}, {"Labels", image["Labels"]}};
  image["RootFS"] = {{"Type", "layers"}, {"Layers", Json::array()}};
  image["GraphDriver"] = {{"Name", "memory"}, {"Data", nullptr}};
  return {200, image};
}

Reply network_list(Engine& /*engine*/, const Ask& /*ask*/) {
  const Json bridge = {{"Name", "bridge"},
                       {"Id", std::string(64, 'b')},
                       {"Created", "1970-01-01T00:00:00Z"},
                       {"Scope", "local"},
                       {"Driver", "bridge"},
                       {"EnableIPv6", false},
                       {"IPAM", {{"Driver", "default"}, {"Config", Json::array()}}},
                       {"Internal", false},
                       {"Attachable", false},
                       {"Ingress", false},
                       {"ConfigOnly", false},
                       {"Containers", Json::object()},
                       {"Options", Json::object()},
                       {"Labels", Json::object()}};
  return {200, Json::array({bridge})};
}

Reply network_inspect(Engine& /*engine*/, const Ask& ask) {
  return error(404, "network " + std::string(ask.request.name()) + " not found");
}

Reply volume_inspect(Engine& /*engine*/, const Ask& ask) {
  return error(404, "get " + std::string(ask.request.name()) + ": no such volume");
}

Reply volume_list(Engine& /*engine*/, const Ask& /*ask*/) {
  return {200, {{"Volumes", Json::array()}, {"Warnings", nullptr}}};
}

}  // namespace proxy::engine_stub
