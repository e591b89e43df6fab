// SPDX-License-Identifier: Apache-2.0
#include "acl/object/lookup.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "acl/json/ranges.hpp"
#include "acl/object/ids.hpp"
#include "acl/text/percent.hpp"

namespace acl {
namespace {

// Members of networks that engines (API 1.24 to 1.52) and Podman report, besides a Fact's.
constexpr auto known_members = std::to_array<std::string_view>(
    {"Created", "Scope", "EnableIPv4", "EnableIPv6", "IPAM", "Internal", "Attachable", "ConfigFrom",
     "ConfigOnly", "Containers", "Options", "Labels", "Peers", "Services", "Status"});

/// \returns false where the value does not have its member's type
bool take_text(std::string_view value, std::string& out) {
  const auto text = json::text_of(value);
  out = text.value_or("");
  return text.has_value();
}

bool take_member(const json::Member& member, Fact& out) {
  if (member.key == "Id") return take_text(member.value, out.id);
  if (member.key == "Name") return take_text(member.value, out.name);
  if (member.key == "Driver") return take_text(member.value, out.driver);
  if (member.key == "Ingress") {
    out.ingress = member.value != "false";
    return true;
  }
  if (std::ranges::find(known_members, member.key) == known_members.end() &&
      !json::is_zero(member.value))
    out.unknown = member.key;
  return true;
}

}  // namespace

std::string Lookup::target() const {
  std::string out = "/networks/";
  encode_path(reference, out);
  if (kind == Kind::swarm_network) out += "?scope=swarm";
  return out;
}

std::optional<Fact> read_fact(std::string_view answer) {
  Fact out;
  json::Members members(answer);
  while (const auto member = members.next())
    if (!take_member(*member, out)) return std::nullopt;
  const bool is_id = is_engine_id(out.id) || is_swarm_id(out.id);
  if (!members.whole() || out.name.empty() || !is_id) return std::nullopt;
  return out;
}

std::size_t KnownObjects::slot_of(std::string_view id) {
  return std::hash<std::string_view>()(id) % most;
}

bool KnownObjects::have(std::string_view id, const void* profile) const {
  if (entries_.empty() || !is_engine_id(id)) return false;
  const Entry& entry = entries_[slot_of(id)];
  return entry.profile == profile && entry.id == id;
}

void KnownObjects::add(std::string_view id, const void* profile) {
  if (!is_engine_id(id)) return;
  if (entries_.empty()) entries_.resize(most);
  entries_[slot_of(id)] = {std::string(id), profile};
}

}  // namespace acl
