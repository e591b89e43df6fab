// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <string>

/// Private to the room.
namespace tls {

/// Most certificates that a peer may send: its own, four intermediates, a root, and two to spare.
/// OpenSSL reads all of them before it verifies the first, which costs 0.2 ms each.
inline constexpr std::size_t most_certificates = 8;

/// Makes handshakes fail when the peer sends more certificates, or one with a key that costs too
/// much, before any of them is read; and connections when it sends too many key updates.
void bound_messages(SSL_CTX*);

/// Why a handshake has failed so, for people; empty if it has not.
std::string flaw_of_peers_chain(const SSL*);

}  // namespace tls
