// SPDX-License-Identifier: Apache-2.0
#include "tls/verify.hpp"

#include <openssl/ssl.h>

#include <memory>

#include "tls/openssl.hpp"

namespace tls {
namespace {

void free_refused(void*, void* refused, CRYPTO_EX_DATA*, int, long, void*) {
  const std::unique_ptr<RefusedPeer> peer(static_cast<RefusedPeer*>(refused));
  if (peer == nullptr) return;
  X509_free(peer->shown);
  X509_free(peer->failed);
}

/// The place where an SSL keeps the certificates that it refused.
int refused_slot() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_refused);
  return index;
}

X509* shared(X509* certificate) {
  return certificate != nullptr && X509_up_ref(certificate) == 1 ? certificate : nullptr;
}

void remember(SSL* ssl, X509_STORE_CTX* context) {
  auto* peer = X509_STORE_CTX_get0_cert(context);
  if (ssl == nullptr || peer == nullptr || refused_peer(ssl).shown != nullptr) return;
  auto refused = std::make_unique<RefusedPeer>(
      RefusedPeer{.shown = shared(peer),
                  .failed = shared(X509_STORE_CTX_get_current_cert(context)),
                  .depth = X509_STORE_CTX_get_error_depth(context)});
  if (SSL_set_ex_data(ssl, refused_slot(), refused.get()) == 1) return void(refused.release());
  free_refused(nullptr, refused.release(), nullptr, 0, 0, nullptr);
}

}  // namespace

int on_verified(int verified, X509_STORE_CTX* context) {
  if (verified == 1) return 1;
  remember(
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx())),
      context);
  return 0;
}

RefusedPeer refused_peer(const SSL* ssl) {
  const auto* refused = static_cast<const RefusedPeer*>(SSL_get_ex_data(ssl, refused_slot()));
  return refused == nullptr ? RefusedPeer() : *refused;
}

}  // namespace tls
