// SPDX-License-Identifier: Apache-2.0
#include "tls/validity.hpp"

#include <openssl/ssl.h>

#include <algorithm>

#include "tls/openssl.hpp"
#include "tls/revocation.hpp"
#include "tls/verify.hpp"

namespace tls {
namespace {

using Time = std::chrono::system_clock::time_point;
using Verification = openssl::Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

/// The same rules as in a handshake.
bool prepare(X509_STORE_CTX* verification, SSL* client, SSL_CTX* in_force) {
  auto* shown = SSL_get0_peer_certificate(client);
  auto* store = SSL_CTX_get_cert_store(in_force);
  if (verification == nullptr || shown == nullptr ||
      X509_STORE_CTX_init(verification, store, shown, SSL_get_peer_cert_chain(client)) != 1)
    return false;
  auto* rules = X509_STORE_CTX_get0_param(verification);
  X509_VERIFY_PARAM_set_auth_level(rules, SSL_CTX_get_security_level(in_force));
  X509_STORE_CTX_set_verify_cb(verification, on_verified);
  return X509_STORE_CTX_set_default(verification, "ssl_client") == 1 &&
         X509_VERIFY_PARAM_set1(rules, SSL_CTX_get0_param(in_force)) == 1;
}

}  // namespace

Time chain_holds_until(const STACK_OF(X509) * chain, X509_STORE* store) {
  auto until = lists_hold_until(chain, store);
  for (int i = 0; i < sk_X509_num(chain); ++i)
    until = std::min(until, openssl::time_of(X509_get0_notAfter(sk_X509_value(chain, i))));
  return until;
}

Validity verify_again(SSL* client, const Context& in_force) {
  const Verification verification(X509_STORE_CTX_new());
  if (!prepare(verification.get(), client, in_force.native()))
    return {.failure = Failure::untrusted};
  if (X509_verify_cert(verification.get()) == 1)
    return {.until = chain_holds_until(X509_STORE_CTX_get0_chain(verification.get()),
                                       SSL_CTX_get_cert_store(in_force.native()))};
  return {.failure = verify_failure(X509_STORE_CTX_get_error(verification.get()))};
}

}  // namespace tls
