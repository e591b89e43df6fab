// SPDX-License-Identifier: Apache-2.0
#include "tls/tickets.hpp"

#include <openssl/sha.h>

#include <array>
#include <cstring>
#include <memory>

#include "tls/kept_sessions.hpp"
#include "tls/validity.hpp"

namespace tls {
namespace {

constexpr std::time_t longest_seconds = 3600;
/// Enough for some 1,500 sessions of one listener, each with the client's certificate.
constexpr std::size_t most_bytes = 2 * 1024 * 1024;

void free_sessions(void*, void* sessions, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<KeptSessions*>(sessions);
}

/// The place of an SSL_CTX's sessions.
int sessions_slot() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_sessions);
  return index;
}

KeptSessions& sessions_of(const SSL* ssl) {
  return *static_cast<KeptSessions*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), sessions_slot()));
}

/// Whether some of the authorities between the client and the listener's came from the client.
bool brought_authorities(const SSL* ssl) {
  return sk_X509_num(SSL_get_peer_cert_chain(ssl)) > 0 &&
         sk_X509_num(SSL_get0_verified_chain(ssl)) > 2;
}

/// Notes the times of a session that has just begun with a full handshake.
bool note_times(SSL* ssl, SSL_SESSION* session) {
  const auto* chain = SSL_get0_verified_chain(ssl);
  if (chain == nullptr || brought_authorities(ssl)) return false;
  auto* store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
  const SessionTimes times{
      .began = std::time(nullptr),
      .until = std::chrono::system_clock::to_time_t(chain_holds_until(chain, store))};
  return SSL_SESSION_set1_ticket_appdata(session, &times, sizeof times) == 1;
}

int on_begun(SSL* ssl, SSL_SESSION* session) {
  if (!times_of(session) && !note_times(ssl, session)) return 0;
  unsigned id_size = 0;
  const auto* id = SSL_SESSION_get_id(session, &id_size);
  unsigned char* bytes = nullptr;
  const int size = i2d_SSL_SESSION(session, &bytes);
  if (size > 0) sessions_of(ssl).keep({id, id + id_size}, {bytes, bytes + size});
  OPENSSL_free(bytes);
  return 0;  // keeps no reference
}

SSL_SESSION* on_offered(SSL* ssl, const unsigned char* id, int id_size, int* shared) {
  *shared = 0;
  const auto kept = sessions_of(ssl).find({id, id + id_size});
  if (kept.empty()) return nullptr;  // reading nothing would leave an error behind
  const auto* bytes = reinterpret_cast<const unsigned char*>(kept.data());
  auto* session = d2i_SSL_SESSION(nullptr, &bytes, static_cast<long>(kept.size()));
  if (session == nullptr || may_be_resumed(session, std::time(nullptr))) return session;
  SSL_SESSION_free(session);
  return nullptr;
}

}  // namespace

std::optional<SessionTimes> times_of(SSL_SESSION* session) {
  void* data = nullptr;
  std::size_t size = 0;
  SessionTimes times;
  if (session == nullptr || SSL_SESSION_get0_ticket_appdata(session, &data, &size) != 1 ||
      size != sizeof times)
    return std::nullopt;
  std::memcpy(&times, data, sizeof times);
  return times;
}

bool may_be_resumed(SSL_SESSION* session, std::time_t now) {
  const auto times = times_of(session);
  if (!times || SSL_SESSION_get0_peer(session) == nullptr) return false;
  return times->began <= now && now - times->began <= longest_seconds && now < times->until;
}

bool limit_resumption(SSL_CTX* context, const std::string& scope) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> id{};
  static_assert(SHA256_DIGEST_LENGTH <= SSL_MAX_SID_CTX_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(scope.data()), scope.size(), id.data());
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);  // in TLS 1.3 a ticket is then only a number
  SSL_CTX_set_timeout(context, longest_seconds);
  SSL_CTX_sess_set_new_cb(context, on_begun);
  SSL_CTX_sess_set_get_cb(context, on_offered);
  auto sessions = std::make_unique<KeptSessions>(most_bytes);
  if (SSL_CTX_set_ex_data(context, sessions_slot(), sessions.get()) != 1) return false;
  sessions.release();  // free_sessions() owns it now
  return SSL_CTX_set_session_id_context(context, id.data(), id.size()) == 1 &&
         SSL_CTX_set_num_tickets(context, 1) == 1;
}

}  // namespace tls
