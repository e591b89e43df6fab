// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "acl/mistake.hpp"
#include "acl/policy.hpp"

/// Warnings about the host paths that profiles list.
namespace acl {

/// Warns of paths below one that a rule of any profile lets clients write. Such a client can put a
/// link in their place, and the engine follows it.
void check_under_writable_paths(const PolicySpec&, std::vector<Mistake>&);

/// Warns of paths that are the host, that open what is below them, or that `docker_socket` refuses.
/// \param where the profile's place: "profiles.ci"
void warn_of_host_paths(const ProfileSpec&, const std::string& where, std::vector<Mistake>&);

/// Warns of paths in `binds` that opened what is below them in tidegate 0.1.
void tell_changes_of_binds(const ProfileSpec&, const std::string& where, std::vector<Mistake>&);

}  // namespace acl
