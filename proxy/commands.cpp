// SPDX-License-Identifier: Apache-2.0
#include "proxy/commands.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "config/load.hpp"
#include "proxy/server.hpp"

namespace proxy {
namespace {

struct ServeOptions {
  std::string config;
  std::string listen = "unix:///run/tidegate/tidegate.sock";
  std::string upstream = "unix:///var/run/docker.sock";
};

void log_to_stderr(const std::string& level) {
  auto logger = std::make_shared<spdlog::logger>("tidegate",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

int report(const std::vector<config::Diagnostic>& diagnostics) {
  for (const auto& diagnostic : diagnostics)
    std::fprintf(stderr, "%s\n", config::to_string(diagnostic).c_str());
  std::fprintf(stderr, "%zu mistake%s; nothing was started\n", diagnostics.size(),
               diagnostics.size() == 1 ? "" : "s");
  return EX_CONFIG;
}

config::Loaded settings_for(const ServeOptions& options) {
  if (!options.config.empty()) return config::load_file(options.config);
  std::vector<config::Diagnostic> problems;
  const auto listen = config::parse_address(options.listen);
  const auto upstream = config::parse_address(options.upstream);
  if (!listen) problems.push_back({.where = "--listen", .message = listen.error()});
  if (!upstream) problems.push_back({.where = "--upstream", .message = upstream.error()});
  if (listen && listen->kind != config::Address::Kind::unix_socket)
    problems.push_back(
        {.where = "--listen", .message = "without a configuration only a unix socket is served"});
  if (!problems.empty()) return problems;
  return config::without_file(*listen, *upstream);
}

int serve(const ServeOptions& options) {
  auto settings = settings_for(options);
  if (!settings) return report(settings.error());
  log_to_stderr(settings->log.level);
  Server server(std::move(*settings));
  const auto problems = server.open();
  for (const auto& problem : problems) spdlog::error("{}", problem);
  if (!problems.empty()) return EX_CONFIG;
  server.run();
  return EX_OK;
}

int check(const std::string& file) {
  const auto settings = config::load_file(file);
  if (!settings) return report(settings.error());
  std::printf("%s: no mistakes: %zu listener%s in front of %s\n", file.c_str(),
              settings->listeners.size(), settings->listeners.size() == 1 ? "" : "s",
              settings->upstream.to_string().c_str());
  return EX_OK;
}

void add_serve(CLI::App& app, ServeOptions& options) {
  auto& verb = *app.add_subcommand("serve", "Serve clients as the configuration says.");
  verb.footer(
      "Without --config, operations that only read and leak no secrets are served on one unix "
      "socket:\n"
      "  tidegate serve --listen unix:///tmp/tidegate.sock --upstream unix:///var/run/docker.sock\n"
      "  docker -H unix:///tmp/tidegate.sock ps      works\n"
      "  docker -H unix:///tmp/tidegate.sock run …   is refused with the reason\n"
      "SIGTERM drains: running requests finish, within limits.drain_time. A second one stops at "
      "once.");
  auto* config =
      verb.add_option("--config", options.config, "Configuration file (see config/README.md).");
  verb.add_option("--listen", options.listen, "Unix socket to serve on.")
      ->capture_default_str()
      ->excludes(config);
  verb.add_option("--upstream", options.upstream, "The engine.")
      ->capture_default_str()
      ->excludes(config);
}

}  // namespace

int run_command(int argc, char** argv) {
  CLI::App app{
      "tidegate stands between Docker clients and the engine's socket, and lets through only what "
      "a\n"
      "policy allows.",
      "tidegate"};
  app.require_subcommand(1);
  app.footer(
      "Start with `tidegate serve --help`. `tidegate check FILE` tells every mistake in a "
      "configuration.");

  ServeOptions serve_options;
  std::string checked;
  add_serve(app, serve_options);
  app.add_subcommand("check", "Check a configuration and tell every mistake in it.")
      ->add_option("file", checked, "The configuration file.")
      ->required();
  app.add_subcommand("version", "Print the version.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EX_OK : EX_USAGE;
  }
  if (app.got_subcommand("serve")) return serve(serve_options);
  if (app.got_subcommand("check")) return check(checked);
  std::printf("tidegate %s\n", TIDEGATE_VERSION);
  return EX_OK;
}

}  // namespace proxy
