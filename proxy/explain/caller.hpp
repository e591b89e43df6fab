// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "acl/identity.hpp"
#include "acl/result.hpp"
#include "config/settings.hpp"

namespace proxy::explain {

/// A client of one listener, as it is written on a command line: "uid=1000,gid=1000",
/// "address=192.0.2.1", "cn=ops-bob,san=spiffe://corp/ops". An issuer holds commas itself, so it
/// goes to the end of its text.
/// \returns what the listener would say of such a client, or why it has none.
acl::Result<acl::Identity, std::string> identity_from(const std::vector<std::string>& texts,
                                                      const config::Listener&, std::size_t index);

}  // namespace proxy::explain
