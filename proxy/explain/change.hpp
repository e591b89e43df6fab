// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "proxy/explain/judge.hpp"

namespace proxy::explain {

/// Finds what would have to be added to a profile to let a request through: it tries each addition
/// on the request itself. \returns lines of configuration, "allow: [ContainerLogs]"; none if
/// nothing that can be added would do, or the profile is of variables, which the refusal names
/// \param profile the name of the one that refuses the request
std::vector<std::string> smallest_change(const Asked&, std::string_view profile,
                                         const acl::PolicySpec&, const acl::WebRules&,
                                         const config::Limits&);

}  // namespace proxy::explain
