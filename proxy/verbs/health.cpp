// SPDX-License-Identifier: Apache-2.0
#include <sysexits.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>

#include "proxy/socket.hpp"
#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {
namespace {

constexpr int healthy = 0, ill = 1;

struct HealthOptions {
  std::string config, address = "tcp://127.0.0.1:9180";
  bool ready = false;
};

/// Returns the first line of the answer, which must arrive within five seconds, or what went wrong.
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
      net::async_read_until(socket, net::dynamic_buffer(answer, 4096), "\r\n",
                            [&](const error_code& unread, std::size_t) { ended(unread); });
    });
  });
  net::steady_timer patience(loop, std::chrono::seconds(5));
  patience.async_wait([&](const error_code&) { ended(net::error::timed_out); });
  loop.run();
  if (failure) return failure.message();
  return answer.substr(0, answer.find('\r'));
}

int health(const HealthOptions& options) {
  auto address = config::parse_address(options.address);
  if (!options.config.empty()) {
    const auto settings = config::load_file(options.config);
    if (!settings) return report(settings.error());
    if (!settings->admin) {
      std::fprintf(stderr,
                   "%s has no `admin` section, so tidegate serves no health checks: add `admin`\n",
                   options.config.c_str());
      return EX_CONFIG;
    }
    address = settings->admin->address;
  }
  if (!address) {
    std::fprintf(stderr, "--address: %s\n", address.error().c_str());
    return EX_USAGE;
  }
  const auto answer = ask(*address, options.ready ? "/readyz" : "/healthz");
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
  verb.add_option("--address", options->address, "The address of its admin listener.")
      ->capture_default_str()
      ->excludes(config);
  verb.add_flag("--ready", options->ready, "Also ask whether the engine answers.");
  verb.callback([options, &run] { run = [options] { return health(*options); }; });
}

}  // namespace proxy::verbs
