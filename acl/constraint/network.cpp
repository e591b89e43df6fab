// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "acl/constraint/names.hpp"
#include "acl/constraint/parts.hpp"
#include "acl/constraint/words.hpp"
#include "acl/schema/schema.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

constexpr auto level_drivers =
    std::to_array<std::string_view>({"bridge", "overlay", "none", "null", "default"});

// The engine's own options are listed, since new ones keep opening the host: bridge.name,
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

// Options of the drivers that stand on an interface of the host.
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

void check_driver(Context& context, json::Value driver) {
  const auto& listed = context.spec().network_drivers;
  const auto name = driver.text();
  if (name.empty()) return;
  const bool allowed = listed ? is_one_of(*listed, name) : is_one_of(level_drivers, name);
  if (!allowed) {
    context.refuse(Constraint::networks, driver,
                   listed ? "a listed driver" : "bridge, overlay or none");
  }
}

void check_ipam(Context& context, json::Value ipam) {
  const auto driver = get(ipam, Field::IPAM_Driver);
  const auto name = driver.text();
  if (!name.empty() && name != "default") context.refuse(Constraint::networks, driver, "'default'");
  const auto options = get(ipam, Field::IPAM_Options);
  if (!options.is_zero()) context.refuse(Constraint::networks, options, "no options");
  check_subnets(context, get(ipam, Field::IPAM_Config));
}

/// A network that others build upon, or that takes its options from another: what it is to be
/// cannot be seen here.
void check_role(Context& context, json::Value body) {
  for (const auto field :
       {Field::NetworkCreateRequest_Ingress, Field::NetworkCreateRequest_ConfigOnly}) {
    const auto flag = get(body, field);
    if (flag.truth()) context.refuse(Constraint::networks, flag, "false");
  }
  const auto from =
      get(get(body, Field::NetworkCreateRequest_ConfigFrom), Field::NetworkConfigReference_Network);
  if (!from.is_zero()) context.refuse(Constraint::networks, from, "no other network's options");
  const auto scope = get(body, Field::NetworkCreateRequest_Scope);
  if (!scope.is_zero() && scope.text() != "local") {
    context.refuse(Constraint::networks, scope, "'local'");
  }
}

void check_endpoint_options(Context& context, json::Value options) {
  for (const auto option : options) {
    const bool sysctls = option.key() == "com.docker.network.endpoint.sysctls";
    context.refuse(sysctls ? Constraint::sysctls : Constraint::risky_fields, option,
                   "no options of the driver");
  }
}

/// In networks that are not its own, the engine goes by this id or name and not by that of the
/// endpoint.
void check_network_id(Context& context, json::Value id) {
  const auto& listed = context.spec().networks;
  if (id.text() == "host") {
    context.refuse(Constraint::namespaces_network, id, "not the host's");
  } else if (!id.is_zero() && listed && !is_one_of(*listed, id.text())) {
    context.refuse(Constraint::networks, id, "nothing, or the name of a listed network");
  }
}

}  // namespace

void check_endpoint(Context& context, std::string_view network, json::Value endpoint) {
  const auto& listed = context.spec().networks;
  if (!is_network_name(network)) {
    // "" is the beginning of every id.
    context.refuse(Constraint::namespaces_network, "network", Quoted{network}, "a network's name");
  } else if (network == "host") {
    context.refuse(Constraint::namespaces_network, "network", Quoted{network}, "not the host's");
  } else if (listed && network != "none" && !is_one_of(*listed, network)) {
    context.refuse(Constraint::networks, "network", Quoted{network}, "a listed network");
  }
  const auto links = get(endpoint, Field::EndpointSettings_Links);
  if (context.restricted() && !links.is_zero()) {
    context.refuse(Constraint::links, links, "none");
  }
  check_network_id(context, get(endpoint, Field::EndpointSettings_NetworkID));
  const auto addresses = get(endpoint, Field::EndpointSettings_IPAMConfig);
  const auto link_local = get(addresses, Field::EndpointIPAMConfig_LinkLocalIPs);
  if (!link_local.is_zero()) context.refuse(Constraint::subnets, link_local, "none");
  check_endpoint_options(context, get(endpoint, Field::EndpointSettings_DriverOpts));
}

void check_network_create(Context& context) {
  const auto body = context.root();
  check_new_network_name(context, get(body, Field::NetworkCreateRequest_Name));
  check_driver(context, get(body, Field::NetworkCreateRequest_Driver));
  check_role(context, body);
  check_ipam(context, get(body, Field::NetworkCreateRequest_IPAM));
  for (const auto option : get(body, Field::NetworkCreateRequest_Options)) {
    if (!is_harmless(context.spec(), option)) {
      context.refuse(Constraint::networks, option, "no option that reaches the host");
    }
  }
  check_labels(context, get(body, Field::NetworkCreateRequest_Labels));
}

void check_network_connect(Context& context) {
  check_endpoint(context, context.request.name(),
                 get(context.root(), Field::NetworkConnectRequest_EndpointConfig));
}

}  // namespace acl::constraint
