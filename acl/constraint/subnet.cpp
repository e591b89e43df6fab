// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string_view>

#include "acl/constraint/checks.hpp"
#include "acl/ip_network.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

/// Accepts IPv4 only in its own spelling: the engine reads ::ffff:172.28.0.0/112 as IPv6.
std::optional<IpNetwork> read_network(std::string_view text) {
  const auto network = parse_network(text);
  const bool respelled = network && network->first.is_v4() && text.find(':') != text.npos;
  return respelled ? std::nullopt : network;
}

bool lies_in(const IpNetwork& subnet, std::string_view text) {
  const auto part = read_network(text);
  return part && subnet.holds(*part);
}

/// Checks an address or a range, which must lie in the subnet.
void check_part(Context& context, json::Value part, const IpNetwork& subnet) {
  if (part.is_zero() || lies_in(subnet, part.text())) return;
  context.refuse(Constraint::subnets, part, "what lies in the Subnet beside it");
}

void check_parts(Context& context, json::Value pool, const IpNetwork& subnet) {
  check_part(context, get(pool, Field::IPAMConfig_IPRange), subnet);
  check_part(context, get(pool, Field::IPAMConfig_Gateway), subnet);
  for (const auto address : get(pool, Field::IPAMConfig_AuxiliaryAddresses)) {
    check_part(context, address, subnet);
  }
}

/// Without a subnet the engine chooses a pool of its own, so the other fields have no subnet.
void check_absent(Context& context, json::Value pool) {
  for (const auto field : {Field::IPAMConfig_IPRange, Field::IPAMConfig_Gateway,
                           Field::IPAMConfig_AuxiliaryAddresses}) {
    const auto part = get(pool, field);
    if (!part.is_zero()) context.refuse(Constraint::subnets, part, "a Subnet beside it");
  }
}

void check_pool(Context& context, json::Value pool) {
  const auto given = get(pool, Field::IPAMConfig_Subnet);
  if (given.is_zero()) return check_absent(context, pool);
  const auto subnet = read_network(given.text());
  if (!subnet || given.text().find('/') == std::string_view::npos) {
    context.refuse(Constraint::subnets, given, "a network, as '172.28.0.0/16'");
  } else if (!context.rules.lists_subnet(*subnet)) {
    context
        .refuse(Constraint::subnets, given,
                "a part of 172.16.0.0/12, of fc00::/7 or of what `subnets` lists")
        .opened_by("containers.subnets: [", given.text(), "]");
  } else if (context.rules.overlaps_host(*subnet)) {
    context.refuse(Constraint::subnets, given, "a subnet that this host has no route to");
  } else {
    check_parts(context, pool, lowest(*subnet));
  }
}

}  // namespace

void check_subnets(Context& context, json::Value pools) {
  for (const auto pool : pools) check_pool(context, pool);
}

}  // namespace acl::constraint
