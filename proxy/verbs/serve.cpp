// SPDX-License-Identifier: Apache-2.0
#include <spdlog/spdlog.h>
#include <sysexits.h>

#include <csignal>
#include <filesystem>

#include "config/environment.hpp"
#include "proxy/log.hpp"
#include "proxy/own_memory.hpp"
#include "proxy/server.hpp"
#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {
namespace {

/// The configuration of the service, as packages install it.
constexpr auto service_file = "/etc/tidegate/tidegate.yaml";

struct ServeOptions {
  std::string config;
  bool environment = false;
  std::string listen = "unix:///run/tidegate/tidegate.sock";
  std::string upstream = "unix:///var/run/docker.sock";
  std::string upstream_certs;
  bool is_ambiguous = false;  ///< without options: variables and the service's file are both there
};

/// A file that cannot be looked at counts as there: reading it says why.
bool is_there(const char* file) {
  std::error_code error;
  return std::filesystem::exists(file, error) || error;
}

/// Without any option, variables make the policy, or the service's file does.
void choose_policy(ServeOptions& options) {
  const bool has_variables = config::tells_policy(config::process_environment());
  const bool has_file = is_there(service_file);
  options.is_ambiguous = has_variables && has_file;
  options.environment = has_variables;
  if (has_file) options.config = service_file;
}

/// The three files of a DOCKER_CERT_PATH, as docker uses it.
config::UpstreamTls tls_from(const std::string& folder, const config::Address& upstream) {
  return {.ca = folder + "/ca.pem",
          .cert = folder + "/cert.pem",
          .key = folder + "/key.pem",
          .server_name = upstream.host};
}

config::Loaded settings_for(const ServeOptions& options) {
  if (options.is_ambiguous)
    return std::vector<config::Diagnostic>{
        {.where = service_file,
         .message = "environment variables make a policy, too: choose with --config or --env"}};
  const auto environment = config::process_environment();
  if (!options.config.empty()) return config::load_file(options.config, environment);
  if (options.environment) return config::load_environment(environment);
  std::vector<config::Diagnostic> problems;
  const auto listen = config::parse_address(options.listen);
  const auto upstream = config::parse_upstream(options.upstream);
  if (!listen) problems.push_back({.where = "--listen", .message = listen.error()});
  if (!upstream) problems.push_back({.where = "--upstream", .message = upstream.error()});
  if (listen && listen->kind != config::Address::Kind::unix_socket) {
    problems.push_back(
        {.where = "--listen",
         .message = "must be a unix socket; a tcp listener needs a configuration file (--config)"});
  }
  const bool secured = !options.upstream_certs.empty();
  if (secured && upstream && upstream->kind != config::Address::Kind::tcp) {
    problems.push_back({.where = "--upstream-certs",
                        .message = "only a tcp upstream can use TLS; leave --upstream-certs out"});
  }
  if (!problems.empty()) return problems;
  auto settings = config::without_file(*listen, *upstream, environment);
  if (secured && settings) settings->upstream_tls = tls_from(options.upstream_certs, *upstream);
  return settings;
}

/// Errors of outputs are told by the calls that fail, from the first message on.
void ignore_signals_of_outputs() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its size limit is an error like a full disk
}

int serve(const ServeOptions& options) {
  ignore_signals_of_outputs();
  auto manager = ServiceManager::from_environment();
  SignalsBlocked::block(true);  // a SIGHUP that comes while the files are read must not end us
  auto settings = settings_for(options);
  if (!settings) return report(settings.error(), nothing_started);
  log_to_stderr(settings->log.level);
  if (options.environment)
    spdlog::info("the policy comes from environment variables; `tidegate check --env` prints it");
  const OwnMemory private_until_the_end;
  auto snapshot = make_snapshot(*settings);
  if (!snapshot) return report(snapshot.error(), nothing_started);
  // Moved, so that the first key does not stay in memory after a reload.
  Server server(std::move(*settings), std::move(*snapshot), options.config, std::move(manager));
  if (const auto problems = server.open(); !problems.empty())
    return report(problems, nothing_started);
  server.run();
  return EX_OK;
}

}  // namespace

void add_serve(CLI::App& app, Run& run) {
  auto& verb = *app.add_subcommand("serve", "Serve clients as the configuration says.");
  verb.footer(
      "Without any option, the configuration is /etc/tidegate/tidegate.yaml, if it is there.\n"
      "Without a configuration, tidegate allows what only reads and leaks no secrets, on one unix "
      "socket:\n"
      "  tidegate serve --listen unix:///tmp/tidegate.sock --upstream unix:///var/run/docker.sock\n"
      "  docker -H unix:///tmp/tidegate.sock ps      works\n"
      "  docker -H unix:///tmp/tidegate.sock run …   is refused with the reason\n"
      "Without any option but with variables of Tecnativa's or LinuxServer's docker-socket-proxy, "
      "as\n"
      "CONTAINERS=1, the policy and the listener (tcp, 2375) are made from those: see --env.\n"
      "TIDEGATE_ADMIN=tcp://127.0.0.1:9180 serves metrics and health where the file has no "
      "`admin`.\n"
      "SIGHUP, or a change of the file or of a certificate, brings it into force; so nothing has "
      "to be restarted.\n"
      "SIGTERM drains: running requests finish, within limits.drain_time. A second one stops at "
      "once.");
  const auto options = std::make_shared<ServeOptions>();
  auto* config =
      verb.add_option("--config", options->config, "Configuration file (see config/README.md).");
  auto* listen = verb.add_option("--listen", options->listen, "Unix socket to serve on.")
                     ->capture_default_str()
                     ->excludes(config);
  auto* upstream = verb.add_option("--upstream", options->upstream, "The engine.")
                       ->capture_default_str()
                       ->excludes(config);
  auto* certs = verb.add_option("--upstream-certs", options->upstream_certs,
                                "For an engine behind TLS: the folder of ca.pem, cert.pem and "
                                "key.pem, as in DOCKER_CERT_PATH.")
                    ->excludes(config);
  verb.add_flag("--env", options->environment,
                "Take the policy from environment variables such as CONTAINERS=1.")
      ->excludes(config)
      ->excludes(listen)
      ->excludes(upstream)
      ->excludes(certs);
  verb.callback([=, &run] {
    const bool is_bare = config->empty() && listen->empty() && upstream->empty() && certs->empty();
    if (is_bare && !options->environment) choose_policy(*options);
    run = [options] { return serve(*options); };
  });
}

}  // namespace proxy::verbs
