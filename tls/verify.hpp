// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

namespace tls {

/// For SSL_CTX_set_verify: remembers the peer's certificate where it fails to verify.
int on_verified(int verified, X509_STORE_CTX*);

/// The certificate that failed to verify on this connection; null without one. Owned by the SSL.
X509* refused_certificate(const SSL*);

}  // namespace tls
