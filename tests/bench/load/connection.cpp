// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/load/connection.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>

namespace bench {

Credentials::Credentials(const std::string& folder)
    : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
  auto* context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const auto cert = folder + "/cert.pem", key = folder + "/key.pem", ca = folder + "/ca.pem";
  if (SSL_CTX_use_certificate_chain_file(context, cert.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_load_verify_locations(context, ca.c_str(), nullptr) != 1)
    give_up("no certificates in " + folder);
}

void Connection::Free::operator()(SSL* ssl) const {
  SSL_free(ssl);
}

Connection::Connection(const Address& to, const std::optional<Credentials>& credentials)
    : socket_(connect_to(to)) {
  if (!credentials) return;
  ssl_.reset(SSL_new(credentials->get()));
  SSL_set_fd(ssl_.get(), socket_.number());
  SSL_set_connect_state(ssl_.get());
}

Connection::~Connection() {
  if (ssl_ && SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
}

std::optional<std::size_t> Connection::write(std::string_view bytes) {
  if (ssl_) {
    std::size_t taken = 0;
    return result_of(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &taken), taken);
  }
  const auto n = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (n >= 0) return static_cast<std::size_t>(n);
  if (errno != EAGAIN) give_up_after("a request cannot be sent");
  return std::nullopt;
}

std::optional<std::size_t> Connection::read(std::span<char> into) {
  if (ssl_) {
    std::size_t came = 0;
    return result_of(SSL_read_ex(ssl_.get(), into.data(), into.size(), &came), came);
  }
  const auto n = ::recv(socket_.number(), into.data(), into.size(), 0);
  if (n >= 0) return static_cast<std::size_t>(n);
  if (errno != EAGAIN) give_up_after("an answer cannot be read");
  return std::nullopt;
}

std::optional<std::size_t> Connection::result_of(int result, std::size_t bytes) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE: return bytes;
    case SSL_ERROR_ZERO_RETURN: return 0;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return std::nullopt;
    default: break;
  }
  const auto* reason = ERR_reason_error_string(ERR_peek_error());
  give_up(std::string("TLS: ") + (reason != nullptr ? reason : "the connection broke off"));
}

}  // namespace bench
