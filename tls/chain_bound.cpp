// SPDX-License-Identifier: Apache-2.0
#include "tls/chain_bound.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <cstddef>
#include <span>

#include "tls/key_updates.hpp"

namespace tls {
namespace {

using Bytes = std::span<const unsigned char>;

/// Of a handshake message: its type, and three bytes of length.
constexpr std::size_t header_size = 4;

/// The place where an SSL notes that its peer sent too many.
int mark_slot() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

/// Removes a length of `digits` bytes and what it counts, as far as it is there.
void skip(Bytes& rest, std::size_t digits) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < digits && i < rest.size(); ++i) size = (size << 8U) | rest[i];
  const auto whole = digits + size;
  rest = whole < rest.size() ? rest.subspan(whole) : Bytes();
}

/// \param body of a Certificate message (RFC 8446 4.4.2; RFC 5246 7.4.2 has no context and no
///   extensions). OpenSSL reports what is malformed.
int count_certificates(Bytes body, bool is_1_3) {
  constexpr std::size_t list_digits = 3, extension_digits = 2;
  if (is_1_3) skip(body, 1);
  body = body.size() > list_digits ? body.subspan(list_digits) : Bytes();
  int count = 0;
  for (; !body.empty(); ++count) {
    skip(body, list_digits);
    if (is_1_3) skip(body, extension_digits);
  }
  return count;
}

/// The bytes are OpenSSL's buffer for messages, which is not const.
void overwrite(Bytes body, unsigned char by) {
  std::fill_n(const_cast<unsigned char*>(body.data()), body.size(), by);
}

/// OpenSSL shows each message before it reads it. A callback cannot refuse one, so it makes it
/// malformed: a list of certificates that is shorter than its message is an error, and a key update
/// is of kind 0 or 1.
void on_message(int is_ours, int version, int type, const void* data, std::size_t size, SSL* ssl,
                void*) {
  if (is_ours != 0 || type != SSL3_RT_HANDSHAKE || size <= header_size) return;
  const Bytes message(static_cast<const unsigned char*>(data), size);
  const auto body = message.subspan(header_size);
  if (message.front() == SSL3_MT_KEY_UPDATE && count_key_update(ssl)) return overwrite(body, 0xFF);
  if (message.front() != SSL3_MT_CERTIFICATE) return;
  if (count_certificates(body, version == TLS1_3_VERSION) <= most_certificates) return;
  SSL_set_ex_data(ssl, mark_slot(), ssl);
  overwrite(body, 0);
}

}  // namespace

void bound_messages(SSL_CTX* context) {
  SSL_CTX_set_msg_callback(context, on_message);
}

bool sent_too_many_certificates(const SSL* ssl) {
  return SSL_get_ex_data(ssl, mark_slot()) != nullptr;
}

}  // namespace tls
