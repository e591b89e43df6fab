// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/level_lists.hpp"
#include "acl/constraint/names.hpp"
#include "acl/object/ids.hpp"
#include "acl/text/ip.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

// The engine's options are listed one by one, since new ones keep opening the host: bridge.name,
// gateway_mode_*, trusted_host_interfaces, inhibit_ipv4 …
constexpr auto harmless_options = std::to_array<std::string_view>({
    "com.docker.network.bridge.enable_icc",
    "com.docker.network.bridge.enable_ip_masquerade",
    "com.docker.network.container_iface_prefix",
    "com.docker.network.driver.mtu",
    "com.docker.network.driver.overlay.vxlanid_list",
    "com.docker.network.enable_ipv4",
    "com.docker.network.enable_ipv6",
});

constexpr auto host_bindings = std::to_array<std::string_view>(
    {"com.docker.network.bridge.host_binding_ipv4", "com.docker.network.bridge.host_binding_ipv6"});

// Options of the drivers that use an interface of the host.
constexpr auto host_options = std::to_array<std::string_view>(
    {"parent", "macvlan_mode", "ipvlan_mode", "ipvlan_flag", "host_iface"});

bool is_harmless(const ConstraintSpec& spec, json::Value option) {
  const auto key = option.key();
  if (is_one_of(host_bindings, key)) {
    return spec.port_addresses && is_one_of(*spec.port_addresses, option.text());
  }
  if (key.starts_with("com.docker.")) return is_one_of(harmless_options, key);
  return !is_one_of(host_options, key);
}

constexpr std::string_view listed_wanted = "a listed network";
constexpr std::string_view list_of_networks = "containers.networks: [";

/// Returns whether the engine's answer decides. A container keeps the network that it joins. The
/// body of a service says what its client wrote, and a name may stand for another network by the
/// time swarm reads it: only a whole id stands for the same one then.
bool may_be_asked_about(Lookup::Kind kind, std::string_view network) {
  return kind == Lookup::Kind::swarm_network ? is_swarm_id(network) : may_begin_engine_id(network);
}

/// The engine also looks among its own networks for what swarm does not find.
bool may_begin_any_id(std::string_view network) {
  return may_begin_engine_id(network) || may_begin_swarm_id(network);
}

}  // namespace

/// Asks the engine where only the engine can tell which network is meant.
void check_joined(Context& context, Lookup::Kind kind, const Place& where,
                  std::string_view network) {
  const auto& listed = context.spec().networks;
  if (!is_network_name(network)) {  // "" is the beginning of every id
    context.refuse(Constraint::namespaces_network, where, Quoted{network}, "a network's name");
  } else if (network == "host") {
    context.refuse(Constraint::namespaces_network, where, Quoted{network}, "not the host's");
  } else if (listed && (network == "none" || is_one_of(*listed, network))) {
    return;
  } else if (may_be_asked_about(kind, network) && context.checks(Constraint::namespaces_network)) {
    context.ask(kind, where, network);
  } else if (listed) {
    context.refuse(Constraint::networks, where, Quoted{network}, listed_wanted)
        .opened_by(list_of_networks, network, "]");
  } else if (kind == Lookup::Kind::swarm_network && may_begin_any_id(network)) {
    context
        .refuse(Constraint::namespaces_network, where, Quoted{network},
                "a name that is not the beginning of an id, the whole id of a swarm network, or "
                "a listed network")
        .opened_by(list_of_networks, network, "]");
  }
}

void judge_network(Context& context, const Lookup& asked, const Fact& network) {
  const auto& listed = context.spec().networks;
  const auto refuse = [&](Constraint constraint, std::string_view wanted) {
    return context.refuse(constraint, asked.place, Quoted{asked.reference}, wanted);
  };
  if (network.name == "host" || network.driver == "host")
    refuse(Constraint::namespaces_network, "not the host's network");
  else if (network.ingress)
    refuse(Constraint::networks, "not an ingress network");
  else if (listed && network.name != "none" && !is_one_of(*listed, network.name))
    refuse(Constraint::networks, listed_wanted).opened_by(list_of_networks, network.name, "]");
}

void check_network_driver(Context& context, json::Value driver) {
  const auto& listed = context.spec().network_drivers;
  const auto name = driver.text();
  if (listed ? is_one_of(*listed, name) : is_one_of(network_drivers_of_level, name)) return;
  context
      .refuse(Constraint::networks, driver, listed ? "a listed driver" : "bridge, overlay or none")
      .opened_by("containers.network_drivers: [", name, "]");
}

void check_network_options(Context& context, json::Value options) {
  for (const auto option : options) {
    if (is_harmless(context.spec(), option)) continue;
    auto told = context.refuse(Constraint::networks, option, "no option that reaches the host");
    if (is_one_of(host_bindings, option.key()) && parse_ip(option.text()))
      told.opened_by("containers.ports: {addresses: [", option.text(), "]}");
  }
}

void check_endpoint_options(Context& context, json::Value options) {
  for (const auto option : options) {
    const bool sysctls = option.key() == "com.docker.network.endpoint.sysctls";
    context.refuse(sysctls ? Constraint::sysctls : Constraint::risky_fields, option,
                   "no options of the driver");
  }
}

/// For networks other than its own, the engine uses this id or name and ignores the endpoint's.
void check_network_id(Context& context, json::Value id) {
  check_joined(context, Lookup::Kind::network, id, id.text());
}

/// Clients that send NetworkMode "default" repeat that word here.
void check_endpoints(Context& context, json::Value by_network) {
  for (const auto endpoint : by_network) {
    const auto network = endpoint.key() == "default" ? "bridge" : endpoint.key();
    check_joined(context, Lookup::Kind::network, "network", network);
  }
}

void check_network_connect(Context& context) {
  check_joined(context, Lookup::Kind::network, "network", context.request.name());
}

}  // namespace acl::constraint
