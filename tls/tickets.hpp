// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <string>

namespace tls {

/// Sessions are resumed within `scope` only, for an hour after the full handshake at most, and only
/// while the client's certificate lasts. Otherwise the handshake is a full one, which verifies.
bool limit_resumption(SSL_CTX*, const std::string& scope);

}  // namespace tls
