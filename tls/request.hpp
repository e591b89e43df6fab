// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tls/openssl.hpp"
#include "tls/result.hpp"

/// Signing requests of clients that make their keys themselves. Private to the room.
namespace tls {

/// Reads the public key of a signing request (PKCS#10, PEM). Nothing else is taken from it. Fails
/// if the request is not signed with that key, if no listener would accept the key, or if the
/// request has a common name other than `name`: it is probably somebody else's.
Result<openssl::Key> key_of_request(const std::string& path, const std::string& name);

}  // namespace tls
