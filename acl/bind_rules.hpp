// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "acl/mistake.hpp"
#include "acl/policy.hpp"

/// What can be said of the host paths that profiles list before anybody asks for one.
namespace acl {

/// Paths that lie under one which clients may write, by a rule of any profile: who writes there can
/// put a link in their place, and the engine follows it.
void check_under_writable_paths(const PolicySpec&, std::vector<Mistake>&);

/// Paths that are the host, that open what is below them, or that `docker_socket` refuses.
/// \param where the profile stands: "profiles.ci"
void warn_of_host_paths(const ProfileSpec&, const std::string& where, std::vector<Mistake>&);

/// Paths of `binds` that opened what is below them in tidegate 0.1.
void tell_changes_of_binds(const ProfileSpec&, const std::string& where, std::vector<Mistake>&);

}  // namespace acl
