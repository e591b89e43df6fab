// SPDX-License-Identifier: Apache-2.0
#include <sysexits.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>

#include "config/environment.hpp"
#include "proxy/socket.hpp"
#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {
namespace {

constexpr int healthy = 0, ill = 1;

struct HealthOptions {
  std::string config, address = "tcp://127.0.0.1:9180";
  bool ready = false, engine = false;
};

/// "HTTP/1.1 503 Service Unavailable: the engine cannot be reached: …"
std::string on_one_line(const std::string& answer) {
  const auto status = answer.substr(0, answer.find('\r'));
  const auto head = answer.find("\r\n\r\n");
  if (head == answer.npos) return status;
  const auto body = answer.substr(head + 4);
  return status + ": " + body.substr(0, body.find('\n'));
}

/// Returns the answer on one line, which must arrive within five seconds, or what went wrong.
std::string ask(const config::Address& address, const std::string& path) {
  net::io_context loop;
  Socket socket(loop);
  std::string answer;
  error_code failure;
  const auto ended = [&](const error_code& error) {
    if (error != net::error::eof) failure = error;
    loop.stop();
  };
  const std::string question = "GET " + path + " HTTP/1.1\r\nHost: tidegate\r\n\r\n";
  socket.async_connect(endpoint_of(address), [&](const error_code& error) {
    if (error) return ended(error);
    net::async_write(socket, net::buffer(question), [&](const error_code& unsent, std::size_t) {
      if (unsent) return ended(unsent);
      net::async_read(socket, net::dynamic_buffer(answer, 4096),
                      [&](const error_code& unread, std::size_t) { ended(unread); });
    });
  });
  net::steady_timer patience(loop, std::chrono::seconds(5));
  patience.async_wait([&](const error_code&) { ended(net::error::timed_out); });
  loop.run();
  if (failure) return failure.message();
  return on_one_line(answer);
}

std::string page(const HealthOptions& options) {
  if (options.engine) return "/readyz/engine";
  return options.ready ? "/readyz" : "/healthz";
}

int health(const HealthOptions& options) {
  auto address = config::parse_address(options.address);
  if (!options.config.empty()) {
    const auto settings = config::load_file(options.config, config::process_environment());
    if (!settings) return report(settings.error());
    if (!settings->admin) {
      std::fprintf(
          stderr,
          "%s has no `admin` section, so tidegate serves no health checks: add `admin`, or "
          "set TIDEGATE_ADMIN for both\n",
          options.config.c_str());
      return EX_CONFIG;
    }
    address = settings->admin->address;
  }
  if (!address) {
    std::fprintf(stderr, "--address: %s\n", address.error().c_str());
    return EX_USAGE;
  }
  const auto answer = ask(*address, page(options));
  const bool well = answer.starts_with("HTTP/1.1 200");
  std::fprintf(well ? stdout : stderr, "%s: %s\n", address->to_string().c_str(), answer.c_str());
  return well ? healthy : ill;
}

}  // namespace

void add_health(CLI::App& app, Run& run) {
  auto& verb = *app.add_subcommand("health", "Ask a running tidegate whether it is healthy.");
  verb.footer("The exit status is 0 if it is healthy, and 1 if it is not or does not answer.");
  const auto options = std::make_shared<HealthOptions>();
  auto* config =
      verb.add_option("--config", options->config, "The configuration file of that tidegate.");
  auto* address = verb.add_option("--address", options->address,
                                  "The address of its admin listener; else that of TIDEGATE_ADMIN.")
                      ->capture_default_str()
                      ->excludes(config);
  auto* ready = verb.add_flag("--ready", options->ready, "Also ask whether it can serve requests.");
  verb.add_flag("--engine", options->engine,
                "Also ask whether the engine answers, and nothing else: for a health check whose "
                "failure restarts tidegate.")
      ->excludes(ready);
  verb.callback([=, &run] {
    const auto set = config::admin_address(config::process_environment());
    if (address->empty() && !set.empty()) options->address = set;
    run = [options] { return health(*options); };
  });
}

}  // namespace proxy::verbs
