// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

/// Private to the room.
namespace tls {

/// Most key updates (RFC 8446 section 4.6.3) that a peer may send in a minute. One has 27 bytes and
/// costs 22 us with its answer, and OpenSSL reads on as long as there are any: nobody else on the
/// thread would be served.
inline constexpr int most_key_updates = 32;

/// Counts a key update of the peer. \returns whether it is one too many.
bool count_key_update(SSL*);

/// Returns whether that is why the connection failed.
bool sent_too_many_key_updates(const SSL*);

}  // namespace tls
