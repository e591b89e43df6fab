// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

namespace tls {

/// Certificates of a peer that was refused. Owned by the SSL.
struct RefusedPeer {
  X509* shown = nullptr;   ///< the peer's own; null: none was refused
  X509* failed = nullptr;  ///< the one of its chain that failed, perhaps the same
  int depth = 0;           ///< of that one: 0 for the peer's own, 1 for its issuer
};

/// A callback for SSL_CTX_set_verify and X509_STORE_CTX_set_verify_cb. With an SSL it remembers
/// what verification fails at first.
int on_verified(int verified, X509_STORE_CTX*);

RefusedPeer refused_peer(const SSL*);

}  // namespace tls
