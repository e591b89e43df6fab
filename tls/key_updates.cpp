// SPDX-License-Identifier: Apache-2.0
#include "tls/key_updates.hpp"

#include <openssl/ssl.h>

#include <chrono>
#include <memory>

namespace tls {
namespace {

struct KeyUpdates {
  std::chrono::steady_clock::time_point minute_ends;
  int count = 0;
};

void forget(void*, void* updates, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<KeyUpdates*>(updates);
}

/// The place where an SSL has those of its peer; null until the first.
int updates_slot() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, forget);
  return index;
}

KeyUpdates* updates_of(const SSL* ssl) {
  return static_cast<KeyUpdates*>(SSL_get_ex_data(ssl, updates_slot()));
}

}  // namespace

bool count_key_update(SSL* ssl) {
  if (updates_of(ssl) == nullptr) {
    auto first = std::make_unique<KeyUpdates>();
    if (SSL_set_ex_data(ssl, updates_slot(), first.get()) != 1) return true;
    first.release();
  }
  auto& updates = *updates_of(ssl);
  const auto now = std::chrono::steady_clock::now();
  if (now >= updates.minute_ends) updates = {now + std::chrono::minutes(1), 0};
  return ++updates.count > most_key_updates;
}

bool sent_too_many_key_updates(const SSL* ssl) {
  const auto* updates = updates_of(ssl);
  return updates != nullptr && updates->count > most_key_updates;
}

}  // namespace tls
