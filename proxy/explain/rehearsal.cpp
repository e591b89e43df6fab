// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/rehearsal.hpp"

#include <spdlog/spdlog.h>
#include <sysexits.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "proxy/engine_stub/serve.hpp"
#include "proxy/explain/child.hpp"
#include "proxy/server.hpp"

namespace proxy::explain {
namespace {

using nlohmann::json;

config::Address unix_address(std::string path) {
  return {config::Address::Kind::unix_socket, std::move(path), "", 0};
}

/// The daemon as it is, but for where it listens, whom it asks and where its records go.
int serve(const config::Settings& settings) {
  spdlog::set_level(spdlog::level::off);  // the output belongs to the client
  const auto snapshot = make_snapshot(settings);
  if (!snapshot) return EX_CONFIG;
  Server server(settings, *snapshot, "");
  if (!server.open().empty()) return EX_CANTCREAT;
  server.run();
  return EX_OK;
}

int run_client(const std::string& host, const std::vector<std::string>& command) {
  for (const auto* other : {"DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"})
    ::unsetenv(other);  // NOLINT(concurrency-mt-unsafe): the child's only thread
  ::setenv("DOCKER_HOST", host.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  return become(command);
}

std::string text(const json& record, const char* key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_string() ? found->get<std::string>() : "";
}

Made made_from(const json& record) {
  Made made;
  made.allowed = text(record, "decision") == "allow";
  made.would_deny = record.contains("would_deny");
  made.line = text(record, "method") + " " + text(record, "target");
  made.operation = text(record, "operation");
  made.rule = text(record, "rule");
  made.reason = text(record, "reason");
  if (const auto found = record.find("enforced"); found != record.end())
    for (const auto& path : *found)
      if (path.is_string()) made.enforced.push_back(path.get<std::string>());
  return made;
}

std::vector<Made> read_records(const std::string& file) {
  std::vector<Made> requests;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const auto record = json::parse(line, nullptr, false);
    if (record.is_object()) requests.push_back(made_from(record));
  }
  return requests;
}

}  // namespace

acl::Result<Rehearsal, std::string> rehearse(config::Settings settings,
                                             const std::vector<std::string>& command) {
  const PrivateDirectory place;
  if (place.path().empty()) return std::string("no private directory can be made");
  settings.upstream = unix_address(place.path() + "/engine.sock");
  settings.upstream_tls.reset();
  settings.listeners.resize(1);
  settings.listeners.front() = {.address = unix_address(place.path() + "/docker.sock"),
                                .mode = 0600};
  settings.audit.file = place.path() + "/audit";
  settings.workers = 1;

  std::signal(SIGINT, SIG_IGN);  // Ctrl-C is for the client; we report what it has done until then
  Child engine([&] {
    const auto problem = engine_stub::serve(settings.upstream, {.any_image = true});
    return problem ? EX_CANTCREAT : EX_OK;
  });
  Child gate([&] { return serve(settings); });
  const auto& listen = settings.listeners.front().address;
  if (!engine.await_socket(settings.upstream.path) || !gate.await_socket(listen.path))
    return std::string("the private sockets are not served");
  Rehearsal rehearsal;
  Child client([&] { return run_client(listen.to_string(), command); });
  rehearsal.exit_code = client.wait();
  gate.stop();  // its last record is written then
  rehearsal.requests = read_records(settings.audit.file);
  return rehearsal;
}

}  // namespace proxy::explain
