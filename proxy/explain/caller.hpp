// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "acl/identity.hpp"
#include "acl/result.hpp"
#include "config/settings.hpp"

namespace proxy::explain {

/// What a client is known by on a command line, for people.
inline constexpr std::string_view client_keys =
    "uid, gid, address, cn, ou, san, email, issuer or key_sha256";

/// Parses a client of one listener as written on a command line: "uid=1000,gid=1000",
/// "address=192.0.2.1", "cn=ops-bob,san=spiffe://corp/ops". An issuer contains commas itself, so it
/// extends to the end of its text.
/// \returns the identity that the listener would give this client, or why it cannot have such a
/// one.
acl::Result<acl::Identity, std::string> identity_from(const std::vector<std::string>& texts,
                                                      const config::Listener&, std::size_t index);

}  // namespace proxy::explain
