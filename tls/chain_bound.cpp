// SPDX-License-Identifier: Apache-2.0
#include "tls/chain_bound.hpp"

#include <openssl/ssl.h>

#include <cstddef>
#include <span>

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

/// OpenSSL shows each message before it reads it. A callback cannot refuse one, so a message with
/// too many certificates is emptied: a list that is shorter than its message is an error.
void on_message(int is_ours, int version, int type, const void* data, std::size_t size, SSL* ssl,
                void*) {
  if (is_ours != 0 || type != SSL3_RT_HANDSHAKE || size <= header_size) return;
  const Bytes message(static_cast<const unsigned char*>(data), size);
  if (message.front() != SSL3_MT_CERTIFICATE) return;
  const auto body = message.subspan(header_size);
  if (count_certificates(body, version == TLS1_3_VERSION) <= most_certificates) return;
  SSL_set_ex_data(ssl, mark_slot(), ssl);
  // The bytes are OpenSSL's buffer for messages, which is not const.
  auto* bytes = const_cast<unsigned char*>(body.data());
  for (std::size_t i = 0; i < body.size(); ++i) bytes[i] = 0;
}

}  // namespace

void bound_chain(SSL_CTX* context) {
  SSL_CTX_set_msg_callback(context, on_message);
}

bool sent_too_many_certificates(const SSL* ssl) {
  return SSL_get_ex_data(ssl, mark_slot()) != nullptr;
}

}  // namespace tls
