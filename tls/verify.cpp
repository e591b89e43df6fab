// SPDX-License-Identifier: Apache-2.0
#include "tls/verify.hpp"

#include <openssl/ssl.h>

#include "tls/openssl.hpp"

namespace tls {
namespace {

void free_certificate(void*, void* certificate, CRYPTO_EX_DATA*, int, long, void*) {
  X509_free(static_cast<X509*>(certificate));
}

/// The place where an SSL keeps the certificate that it refused.
int peer_slot() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_certificate);
  return index;
}

}  // namespace

int on_verified(int verified, X509_STORE_CTX* context) {
  if (verified == 1) return 1;
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* peer = X509_STORE_CTX_get0_cert(context);
  if (ssl == nullptr || peer == nullptr || refused_certificate(ssl) != nullptr) return 0;
  if (X509_up_ref(peer) == 1 && SSL_set_ex_data(ssl, peer_slot(), peer) != 1) X509_free(peer);
  return 0;
}

X509* refused_certificate(const SSL* ssl) {
  return static_cast<X509*>(SSL_get_ex_data(ssl, peer_slot()));
}

}  // namespace tls
