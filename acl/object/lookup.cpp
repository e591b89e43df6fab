// SPDX-License-Identifier: Apache-2.0
#include "acl/object/lookup.hpp"

#include <functional>

#include "acl/object/ids.hpp"
#include "acl/text/percent.hpp"

namespace acl {
std::string Lookup::target() const {
  if (kind == Kind::engine) return "/info";
  if (kind == Kind::version) return "/version";
  std::string out = kind == Kind::node ? "/nodes/" : "/networks/";
  encode_path(reference, out);
  if (kind == Kind::swarm_network) out += "?scope=swarm";
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
