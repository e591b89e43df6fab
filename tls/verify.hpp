// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

namespace tls {

/// A callback for SSL_CTX_set_verify. It remembers the peer's certificate when verification fails.
int on_verified(int verified, X509_STORE_CTX*);

/// The certificate that failed verification on this connection, or null. Owned by the SSL.
X509* refused_certificate(const SSL*);

}  // namespace tls
