// SPDX-License-Identifier: Apache-2.0
#include "tls/tickets.hpp"

#include <openssl/sha.h>

#include <array>
#include <cstring>

namespace tls {
namespace {

constexpr std::time_t longest_seconds = 3600;

/// When the session began with a full handshake. A resumed session gets a new ticket with a new
/// lifetime; this stays, or a chain of tickets would outlive every certificate and list.
bool began_at(SSL_SESSION* session, std::time_t& began) {
  void* data = nullptr;
  std::size_t size = 0;
  if (SSL_SESSION_get0_ticket_appdata(session, &data, &size) != 1 || size != sizeof began)
    return false;
  std::memcpy(&began, data, sizeof began);
  return true;
}

int on_new_ticket(SSL* ssl, void*) {
  auto* session = SSL_get_session(ssl);
  std::time_t began = 0;
  if (began_at(session, began)) return 1;
  began = std::time(nullptr);
  return SSL_SESSION_set1_ticket_appdata(session, &began, sizeof began);
}

SSL_TICKET_RETURN on_ticket(SSL*, SSL_SESSION* session, const unsigned char*, std::size_t,
                            SSL_TICKET_STATUS status, void*) {
  const bool decrypted = status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW;
  if (!decrypted || !may_be_resumed(session, std::time(nullptr)))
    return SSL_TICKET_RETURN_IGNORE_RENEW;
  return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

}  // namespace

bool may_be_resumed(SSL_SESSION* session, std::time_t now) {
  std::time_t began = 0;
  if (!began_at(session, began) || now < began || now - began > longest_seconds) return false;
  const auto* peer = SSL_SESSION_get0_peer(session);
  return peer != nullptr && X509_cmp_time(X509_get0_notAfter(peer), &now) > 0;
}

bool limit_resumption(SSL_CTX* context, const std::string& scope) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> id{};
  static_assert(SHA256_DIGEST_LENGTH <= SSL_MAX_SID_CTX_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(scope.data()), scope.size(), id.data());
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets are not kept here
  SSL_CTX_set_timeout(context, longest_seconds);
  return SSL_CTX_set_session_id_context(context, id.data(), id.size()) == 1 &&
         SSL_CTX_set_num_tickets(context, 1) == 1 &&
         SSL_CTX_set_session_ticket_cb(context, on_new_ticket, on_ticket, nullptr) == 1;
}

}  // namespace tls
