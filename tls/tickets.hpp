// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <ctime>
#include <string>

namespace tls {

/// Sessions are resumed within `scope` only, for an hour after the full handshake at most, and only
/// while the client's certificate lasts. Otherwise the handshake is a full one, which verifies.
///
/// They are kept here, and a ticket is but their number. One that has all in it costs a sixth of a
/// handshake, as OpenSSL reads back the client's certificate that it has just written into it; and
/// few clients ever come with one.
bool limit_resumption(SSL_CTX*, const std::string& scope);

/// Whether a session may be taken up `now` without another full handshake.
bool may_be_resumed(SSL_SESSION*, std::time_t now);

}  // namespace tls
