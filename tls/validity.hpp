// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/x509.h>

#include <chrono>

#include "tls/failure.hpp"

namespace tls {

/// Until when a verified chain holds: the first end of its certificates and of the lists of their
/// issuers. Of several lists of one issuer the one that lasts longest counts.
std::chrono::system_clock::time_point chain_holds_until(const STACK_OF(X509) * chain, X509_STORE*);

/// Verifies the chain that a client showed in its handshake by the rules that `in_force` has now.
Validity verify_again(SSL* client, const Context& in_force);

}  // namespace tls
