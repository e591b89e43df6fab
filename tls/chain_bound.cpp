// SPDX-License-Identifier: Apache-2.0
#include "tls/chain_bound.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "tls/key_bound.hpp"
#include "tls/key_updates.hpp"

namespace tls {
namespace {

using Bytes = std::span<const unsigned char>;

/// Of a handshake message: its type, and three bytes of length.
constexpr std::size_t header_size = 4;

/// The place where an SSL keeps what is wrong with its peer's certificates.
int flaw_slot() {
  static const int index = SSL_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* flaw, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<std::string*>(flaw);
      });
  return index;
}

/// Removes a length of `digits` bytes and what it counts, as far as it is there. \returns that
Bytes take_counted(Bytes& rest, std::size_t digits) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < digits && i < rest.size(); ++i) size = (size << 8U) | rest[i];
  rest = rest.subspan(std::min(digits, rest.size()));
  const auto taken = rest.first(std::min(size, rest.size()));
  rest = rest.subspan(taken.size());
  return taken;
}

/// \param body of a Certificate message (RFC 8446 4.4.2; RFC 5246 7.4.2 has no context and no
///   extensions). OpenSSL reports what is malformed.
std::vector<Bytes> certificates_in(Bytes body, bool is_1_3) {
  constexpr std::size_t list_digits = 3, extension_digits = 2;
  if (is_1_3) take_counted(body, 1);
  body = body.subspan(std::min(list_digits, body.size()));
  std::vector<Bytes> certificates;
  while (!body.empty()) {
    certificates.push_back(take_counted(body, list_digits));
    if (is_1_3) take_counted(body, extension_digits);
  }
  return certificates;
}

/// Says why these certificates must not be read; empty if they may be.
std::string flaw_of(const std::vector<Bytes>& certificates) {
  if (certificates.size() > most_certificates)
    return "the peer sent more than " + std::to_string(most_certificates) + " certificates";
  for (std::size_t i = 0; i < certificates.size(); ++i)
    if (const auto flaw = flaw_of_key(certificates[i]))
      return "the peer's certificate number " + std::to_string(i + 1) + " " + *flaw;
  return {};
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
  auto flaw = flaw_of(certificates_in(body, version == TLS1_3_VERSION));
  if (flaw.empty()) return;
  overwrite(body, 0);
  auto kept = std::make_unique<std::string>(std::move(flaw));
  if (SSL_set_ex_data(ssl, flaw_slot(), kept.get()) == 1) static_cast<void>(kept.release());
}

}  // namespace

void bound_messages(SSL_CTX* context) {
  SSL_CTX_set_msg_callback(context, on_message);
}

std::string flaw_of_peers_chain(const SSL* ssl) {
  const auto* flaw = static_cast<const std::string*>(SSL_get_ex_data(ssl, flaw_slot()));
  return flaw == nullptr ? std::string() : *flaw;
}

}  // namespace tls
