// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <ctime>
#include <string>

namespace tls {

/// Enables resumption within `scope`, for at most an hour after the full handshake and only while
/// the client's certificate is valid. Otherwise the handshake is a full one, which verifies.
///
/// Sessions are kept here, and a ticket is only their id. A ticket that holds the whole session
/// costs a sixth of a handshake, since OpenSSL parses the client's certificate that it has just
/// serialized, and few clients ever resume.
bool limit_resumption(SSL_CTX*, const std::string& scope);

/// Returns whether a session may be resumed `now` without a full handshake.
bool may_be_resumed(SSL_SESSION*, std::time_t now);

}  // namespace tls
