// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/constraints.hpp"

#include <utility>

#include "acl/constraint/host_path.hpp"

namespace acl {
namespace {

/// 172.16.0.0/12, which the engine uses for its own networks, and the unique local addresses of
/// IPv6. Hosts are often in the other private networks, 10.0.0.0/8 and 192.168.0.0/16.
std::vector<IpNetwork> with_private_ones(std::vector<IpNetwork> listed) {
  for (const auto* network : {"172.16.0.0/12", "fc00::/7"}) {
    listed.push_back(*parse_network(network));
  }
  return listed;
}

}  // namespace

Constraints::Constraints(ConstraintSpec spec, const std::vector<std::string>& protected_paths,
                         IpRanges host_networks)
    : spec_(std::move(spec)),
      binds_(spec_.binds),
      subnets_(with_private_ones(spec_.subnets)),
      host_networks_(std::move(host_networks)) {
  if (spec_.level != Level::unconfined) checked_.set();
  // If one field of a quantity is enforced, another must not lift it, nor may the request's API
  // version make the engine drop the enforced field.
  const EnforceSpec& enforce = spec_.enforce;
  const std::pair<bool, Constraint> enforced[] = {
      {enforce.memory.has_value(), Constraint::memory},
      {enforce.nano_cpus.has_value(), Constraint::cpus},
      {enforce.pids.has_value(), Constraint::pids},
      {enforce.no_new_privileges, Constraint::no_new_privileges},
      {enforce.drop_all_capabilities, Constraint::capabilities_drop},
      {enforce.read_only_rootfs, Constraint::read_only_rootfs},
  };
  for (const auto& [is_enforced, constraint] : enforced) {
    if (is_enforced) checked_.set(static_cast<std::size_t>(constraint));
  }
  for (const std::string& key : spec_.waive) {
    if (const auto waived = constraint_by_key(key)) {
      checked_.reset(static_cast<std::size_t>(*waived));
    }
  }
  // The one constraint that every level has, and that only its own key switches off.
  checked_.set(static_cast<std::size_t>(Constraint::docker_socket), !spec_.docker_socket);
  for (const std::string& path : protected_paths) {
    sockets_.add(constraint::canonical_path(path));
  }
  if (spec_.images) images_.emplace(*spec_.images);
  if (spec_.images_write) images_write_.emplace(*spec_.images_write);
}

std::string_view to_string(Level level) {
  switch (level) {
    case Level::unconfined: return "unconfined";
    case Level::baseline: return "baseline";
    case Level::restricted: return "restricted";
  }
  return "";
}

}  // namespace acl
