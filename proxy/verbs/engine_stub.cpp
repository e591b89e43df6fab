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
        {{.where = "--listen", .message = "the stand-in engine serves a unix socket only"}});
  }
  const auto problem = engine_stub::serve(*address, {});
  if (!problem) return EX_OK;
  std::fprintf(stderr, "tidegate: %s\n", problem->c_str());
  return EX_CONFIG;
}

}  // namespace

void add_engine_stub(CLI::App& app, Run& run) {
  auto& verb = *app.add_subcommand("engine-stub",
                                   "Stand in for an engine, to try tidegate where there is none.");
  verb.footer(
      "It answers from memory, runs no programs, and says so. A container of its one image,\n"
      "tidegate/demo, echoes what it reads:\n"
      "  tidegate engine-stub --listen unix:///tmp/engine.sock\n"
      "  echo hello | docker -H unix:///tmp/engine.sock run --rm -i tidegate/demo");
  const auto listen = std::make_shared<std::string>();
  verb.add_option("--listen", *listen, "Unix socket to serve on, for this user only.")->required();
  verb.callback([listen, &run] { run = [listen] { return serve_stub(*listen); }; });
}

}  // namespace proxy::verbs
