// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <ctime>
#include <optional>
#include <string>

namespace tls {

/// Enables resumption within `scope`, for at most an hour after the full handshake and only while
/// the client's certificate, those above it and the lists of their issuers last. Otherwise the
/// handshake is a full one, which verifies. A client that has to bring authorities along is not
/// resumed: a session does not keep them, and without them it could not be verified again.
///
/// Sessions are kept here, and a ticket is only their id. A ticket that holds the whole session
/// costs a sixth of a handshake, since OpenSSL parses the client's certificate that it has just
/// serialized, and few clients ever resume.
bool limit_resumption(SSL_CTX*, const std::string& scope);

/// What a session is kept with. A resumed one gets a new ticket with a new lifetime, but keeps
/// these: otherwise a chain of tickets would outlive every certificate and list.
struct SessionTimes {
  std::time_t began = 0;  ///< its full handshake
  std::time_t until = 0;  ///< the client's chain and its lists last as long
};

/// \returns nothing for a session that limit_resumption() has not kept
std::optional<SessionTimes> times_of(SSL_SESSION*);

/// Returns whether a session may be resumed `now` without a full handshake.
bool may_be_resumed(SSL_SESSION*, std::time_t now);

}  // namespace tls
