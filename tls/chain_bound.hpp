// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

/// Private to the room.
namespace tls {

/// Most certificates that a peer may send: its own, four intermediates, a root, and two to spare.
/// OpenSSL reads all of them before it verifies the first, which costs 0.2 ms each.
inline constexpr int most_certificates = 8;

/// Makes handshakes fail when the peer sends more certificates, before any of them is read, and
/// connections when it sends too many key updates.
void bound_messages(SSL_CTX*);

/// Returns whether that is why the handshake failed.
bool sent_too_many_certificates(const SSL*);

}  // namespace tls
