// SPDX-License-Identifier: Apache-2.0
#include <sysexits.h>

#include <cstdio>

#include "proxy/engine_stub/serve.hpp"
#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {
namespace {

int serve_stub(const std::string& listen) {
  const auto address = config::parse_address(listen);
  if (!address) return report({{.where = "--listen", .message = address.error()}});
  if (address->kind != config::Address::Kind::unix_socket) {
    return report(
        {{.where = "--listen", .message = "must be a unix socket, as unix:///tmp/engine.sock"}});
  }
  const auto problem = engine_stub::serve(*address, {});
  if (!problem) return EX_OK;
  std::fprintf(stderr, "tidegate: %s\n", problem->c_str());
  return EX_CONFIG;
}

}  // namespace

void add_engine_stub(CLI::App& app, Run& run) {
  auto& verb = *app.add_subcommand(
      "engine-stub", "Run a small stand-in engine, to try tidegate without a real one.");
  verb.footer(
      "It keeps everything in memory and runs no programs. A container of its only image,\n"
      "tidegate/demo, echoes what it reads:\n"
      "  tidegate engine-stub --listen unix:///tmp/engine.sock\n"
      "  echo hello | docker -H unix:///tmp/engine.sock run --rm -i tidegate/demo");
  const auto listen = std::make_shared<std::string>();
  verb.add_option("--listen", *listen, "Unix socket to serve on, for this user only.")->required();
  verb.callback([listen, &run] { run = [listen] { return serve_stub(*listen); }; });
}

}  // namespace proxy::verbs
