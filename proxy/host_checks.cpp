// SPDX-License-Identifier: Apache-2.0
#include "proxy/host_checks.hpp"

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "config/yaml.hpp"
#include "proxy/engine_fault.hpp"
#include "proxy/own_paths.hpp"
#include "proxy/socket.hpp"
#include "proxy/socket_access.hpp"
#include "proxy/unix_socket_file.hpp"

namespace proxy {
namespace {

/// Binds the port for a moment. A port in use is in order: tidegate may be running.
std::optional<std::string> why_not_bound(const config::Address& address) {
  net::io_context loop;
  Socket probe(loop);
  error_code error;
  probe.open(endpoint_of(address).protocol(), error);
  if (!error) probe.set_option(net::socket_base::reuse_address(true), error);
  if (!error) probe.bind(endpoint_of(address), error);
  if (!error || error == net::error::address_in_use) return std::nullopt;
  return said_of_bind(address, error);
}

class HostCheck {
 public:
  explicit HostCheck(const config::Settings& settings) : settings_(settings) {}

  HostFindings findings() {
    found_.mistakes = shared_paths(settings_);
    for (std::size_t i = 0; i < settings_.listeners.size(); ++i)
      look_at_listener(settings_.listeners[i], config::join("listeners", i));
    if (settings_.admin) look_at_listener(*settings_.admin, "admin");
    if (const auto fault = probe(settings_.upstream)) warn("upstream", fault->advice());
    if (const auto& file = settings_.audit.file; file != "-") {
      warn("audit.file", missing_directory(file));
      warn("audit.file", closed_to_us(file));
    }
    return std::move(found_);
  }

 private:
  void look_at_listener(const config::Listener& listener, const std::string& name) {
    const auto where = name + ".address";
    const auto& path = listener.address.path;
    if (listener.on_tcp()) return warn(where, why_not_bound(listener.address));
    warn(where, missing_directory(path));
    warn(where, closed_directory(listener));
    warn(name + ".clients", closed_to_clients(listener));
    warn(name + (listener.owner ? ".owner" : ".group"), why_not_given_away(listener));
    if (!file_at(path)) warn(where, closed_to_us(path));
    if (auto obstacle = obstacle_at(path))
      found_.mistakes.push_back(settings_.places.diagnostic(where, *std::move(obstacle)));
  }

  void warn(const std::string& where, std::optional<std::string> said) {
    if (!said) return;
    found_.warnings.push_back(settings_.places.diagnostic(where, *std::move(said)));
  }

  const config::Settings& settings_;
  HostFindings found_;
};

}  // namespace

HostFindings look_at_host(const config::Settings& settings) {
  return HostCheck(settings).findings();
}

}  // namespace proxy
