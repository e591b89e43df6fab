// SPDX-License-Identifier: Apache-2.0
#include "tls/validity.hpp"

#include <openssl/ssl.h>

#include <algorithm>

#include "tls/openssl.hpp"
#include "tls/verify.hpp"

namespace tls {
namespace {

using Time = std::chrono::system_clock::time_point;
using Verification = openssl::Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

/// Keeps lookups of other threads, which sort a store's objects, away while they are read.
class Locked {
 public:
  explicit Locked(X509_STORE* store) : store_(store) { X509_STORE_lock(store_); }
  ~Locked() { X509_STORE_unlock(store_); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

  const STACK_OF(X509_OBJECT) * objects() const { return X509_STORE_get0_objects(store_); }

 private:
  X509_STORE* store_;
};

/// \returns Time::max() if the issuer has no list
Time end_of_lists(const X509_NAME* issuer, const Locked& store) {
  auto last = Time::min();
  for (int i = 0; i < sk_X509_OBJECT_num(store.objects()); ++i) {
    auto* list = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(store.objects(), i));
    if (list == nullptr || X509_NAME_cmp(X509_CRL_get_issuer(list), issuer) != 0) continue;
    last = std::max(last, openssl::time_of(X509_CRL_get0_nextUpdate(list)));
  }
  return last == Time::min() ? Time::max() : last;
}

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
  const Locked locked(store);
  auto until = Time::max();
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    const auto* certificate = sk_X509_value(chain, i);
    until = std::min({until, openssl::time_of(X509_get0_notAfter(certificate)),
                      end_of_lists(X509_get_issuer_name(certificate), locked)});
  }
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
