// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/client_environment.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

namespace proxy::explain {
namespace {

using nlohmann::json;

constexpr const char* plugin_places = "cliPluginsExtraDirs";

/// Variables by which clients find an engine, or a way to it, besides those that enter() sets. The
/// version is among them, since the stand-in engine has one only.
constexpr auto unwanted = std::to_array<const char*>(
    {"BUILDKIT_HOST", "BUILDX_BUILDER", "COMPOSE_API_VERSION", "CONTAINER_CONNECTION",
     "CONTAINER_SSHKEY", "DOCKER_API_VERSION", "DOCKER_CERT_PATH", "DOCKER_CONTEXT",
     "DOCKER_STACK_ORCHESTRATOR", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "TESTCONTAINERS_TC_HOST"});

/// Members of a client's configuration that change what it asks, and not whom.
constexpr auto kept = std::to_array<const char*>({"aliases", "features", "proxies", plugin_places});

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value != nullptr ? value : "";
}

std::string users_directory() {
  const auto named = variable("DOCKER_CONFIG");
  return named.empty() ? variable("HOME") + "/.docker" : named;
}

json private_configuration() {
  const auto users = users_directory();
  std::ifstream file(users + "/config.json");
  const auto written = json::parse(file, nullptr, false);
  json config{{plugin_places, json::array()}};
  for (const auto* key : kept)
    if (written.is_object() && written.contains(key)) config[key] = written[key];
  if (!config[plugin_places].is_array()) config[plugin_places] = json::array();
  config[plugin_places].push_back(users + "/cli-plugins");
  return config;
}

}  // namespace

/// Packages of docker may have other directories of their own, which users do not write to.
std::vector<std::string> plugin_directories() {
  std::vector<std::string> directories;
  const auto configuration = private_configuration();
  for (const auto& each : configuration[plugin_places])
    if (each.is_string()) directories.push_back(each);
  for (const auto* const place :
       {"/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec"})
    directories.push_back(std::string(place) + "/docker/cli-plugins");
  return directories;
}

ClientEnvironment::ClientEnvironment(std::string host, std::string directory)
    : host_(std::move(host)), directory_(std::move(directory)) {}

bool ClientEnvironment::prepare() const {
  std::error_code error;
  std::filesystem::create_directory(directory_, error);
  std::ofstream file(directory_ + "/config.json");
  file << private_configuration().dump(-1, ' ', false, json::error_handler_t::replace)
       << std::flush;
  return file.good();
}

void ClientEnvironment::enter() const {
  // NOLINTBEGIN(concurrency-mt-unsafe): the child's only thread
  for (const auto* name : unwanted) ::unsetenv(name);
  for (const auto* name : {"DOCKER_HOST", "CONTAINER_HOST"}) ::setenv(name, host_.c_str(), 1);
  ::setenv("DOCKER_CONFIG", directory_.c_str(), 1);
  ::setenv("BUILDX_CONFIG", (directory_ + "/buildx").c_str(), 1);
  // NOLINTEND(concurrency-mt-unsafe)
}

}  // namespace proxy::explain
