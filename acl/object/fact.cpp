// SPDX-License-Identifier: Apache-2.0
// Reads what the engine says of an object, or of itself.
#include <algorithm>
#include <array>
#include <span>

#include "acl/json/ranges.hpp"
#include "acl/object/ids.hpp"
#include "acl/object/lookup.hpp"
#include "acl/version.hpp"

namespace acl {
namespace {

using json::Member;
using Names = std::span<const std::string_view>;

// Members that engines (API 1.24 to 1.52) and Podman report, besides those of a Fact.
constexpr auto of_networks = std::to_array<std::string_view>(
    {"Created", "Scope", "EnableIPv4", "EnableIPv6", "IPAM", "Internal", "Attachable", "ConfigFrom",
     "ConfigOnly", "Containers", "Options", "Labels", "Peers", "Services", "Status"});
constexpr auto of_nodes = std::to_array<std::string_view>(
    {"CreatedAt", "UpdatedAt", "Description", "Status", "ManagerStatus"});

/// Calls `take` for each member. \returns whether it is an object of which all were taken
template <class Take>
bool each_member(std::string_view object, Take take) {
  json::Members members(object);
  while (const auto member = members.next())
    if (!take(*member)) return false;
  return members.whole();
}

/// \returns false where the value does not have its member's type
bool take_text(std::string_view value, std::string& out) {
  const auto text = json::text_of(value);
  out = text.value_or("");
  return text.has_value();
}

void note_unknown(const Member& member, Names known, Fact& out) {
  if (std::ranges::find(known, member.key) == known.end() && !json::is_zero(member.value))
    out.unknown = member.key;
}

bool take_of_network(const Member& member, Fact& out) {
  if (member.key == "Id") return take_text(member.value, out.id);
  if (member.key == "Name") return take_text(member.value, out.name);
  if (member.key == "Driver") return take_text(member.value, out.driver);
  if (member.key == "Ingress") {
    out.ingress = member.value != "false";
    return true;
  }
  note_unknown(member, of_networks, out);
  return true;
}

bool take_of_node(const Member& member, Fact& out) {
  if (member.key == "ID") return take_text(member.value, out.id);
  if (member.key == "Spec") {
    return each_member(member.value, [&out](const Member& inner) {
      if (inner.key == "Role") out.manager = inner.value == R"("manager")";
      return true;
    });
  }
  if (member.key == "Version") {
    return each_member(member.value, [&out](const Member& inner) {
      if (inner.key == "Index") out.version = inner.value;
      return true;
    });
  }
  note_unknown(member, of_nodes, out);
  return true;
}

/// What an engine says of its cgroups in SystemInfo, each value as JSON.
struct CgroupFacts {
  std::string_view version, security_options, containerd;
};

/// Podman names no containerd.
bool is_dockerd(const CgroupFacts& said) {
  std::string containerd;
  const bool read = each_member(said.containerd, [&containerd](const Member& member) {
    return member.key != "ID" || take_text(member.value, containerd);
  });
  return read && !containerd.empty();
}

/// Go writes a list without elements as null, or leaves it out.
bool is_list(std::string_view value) {
  return value.empty() || value == "null" || value.starts_with('[');
}

/// dockerd says among its security options if containers have cgroup namespaces of their own by
/// default. Podman never says it: with version 1 of cgroups they are in the host's, with version 2
/// they are not.
bool shares_cgroups(const CgroupFacts& said) {
  const bool silence_tells =
      said.version == R"("1")" || (said.version == R"("2")" && is_dockerd(said));
  return silence_tells && is_list(said.security_options) &&
         said.security_options.find("name=cgroupns") == said.security_options.npos;
}

std::optional<Fact> read_engine(std::string_view answer) {
  CgroupFacts said;
  const bool whole = each_member(answer, [&said](const Member& member) {
    if (member.key == "CgroupVersion") said.version = member.value;
    if (member.key == "SecurityOptions") said.security_options = member.value;
    if (member.key == "ContainerdCommit") said.containerd = member.value;
    return true;
  });
  if (!whole) return std::nullopt;
  return Fact{.host_cgroups = shares_cgroups(said)};
}

std::optional<Fact> read_versions(std::string_view answer) {
  std::optional<unsigned> oldest;
  const bool whole = each_member(answer, [&oldest](const Member& member) {
    if (member.key == "MinAPIVersion") oldest = minor_of(json::text_of(member.value).value_or(""));
    return true;
  });
  if (!whole || !oldest) return std::nullopt;
  return Fact{.oldest_minor = *oldest};
}

}  // namespace

std::optional<Fact> read_fact(Lookup::Kind kind, std::string_view answer) {
  if (kind == Lookup::Kind::engine) return read_engine(answer);
  if (kind == Lookup::Kind::version) return read_versions(answer);
  const bool is_node = kind == Lookup::Kind::node;
  Fact out;
  const bool whole = each_member(answer, [&out, is_node](const Member& member) {
    return is_node ? take_of_node(member, out) : take_of_network(member, out);
  });
  const bool known = is_node ? is_swarm_id(out.id) && !out.version.empty()
                             : !out.name.empty() && (is_engine_id(out.id) || is_swarm_id(out.id));
  return whole && known ? std::optional(out) : std::nullopt;
}

}  // namespace acl
