// SPDX-License-Identifier: Apache-2.0
#include "tls/failure.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "tls/chain_bound.hpp"
#include "tls/key_updates.hpp"

namespace tls {
namespace {

/// Whether the peer has sent a hello. Until then the handshake's state is still the first one.
bool has_said_hello(const SSL* ssl) {
  const auto state = SSL_get_state(ssl);
  return state != TLS_ST_BEFORE && state != TLS_ST_CW_CLNT_HELLO;
}

/// If these errors come before the peer's hello, it does not speak TLS. Later they mean that
/// records are damaged, or that somebody writes between them.
bool means_no_tls(int reason) {
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_RECORD_LENGTH_MISMATCH:
    case SSL_R_LENGTH_TOO_SHORT:
    case SSL_R_BAD_RECORD_TYPE:
    case SSL_R_UNKNOWN_PROTOCOL: return true;
    default: return false;
  }
}

/// OpenSSL reports an alert from the peer as 1000 plus the alert's number.
Failure alert_failure(int reason) {
  return reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION ? Failure::version : Failure::refused_by_peer;
}

Failure ssl_failure(const SSL* ssl, int reason) {
  if (reason >= SSL_AD_REASON_OFFSET) return alert_failure(reason);
  if (means_no_tls(reason) && !has_said_hello(ssl)) return Failure::not_tls;
  switch (reason) {
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST: return Failure::plain_http;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return Failure::no_certificate;
    case SSL_R_CERTIFICATE_VERIFY_FAILED: return verify_failure(SSL_get_verify_result(ssl));
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_WRONG_SSL_VERSION: return Failure::version;
    case SSL_R_UNEXPECTED_EOF_WHILE_READING: return Failure::broken_off;
    default: return Failure::protocol;
  }
}

std::string text_of(const SSL* ssl, unsigned long error) {
  if (ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED)
    return X509_verify_cert_error_string(SSL_get_verify_result(ssl));
  const auto* reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "error " + std::to_string(error);
}

std::string text_of_errno(int error) {
  if (error == 0) return "the connection was closed";
  return std::generic_category().message(error);
}

}  // namespace

Failure verify_failure(long result) {
  switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return Failure::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID: return Failure::not_yet_valid;
    case X509_V_ERR_CERT_REVOKED: return Failure::revoked;
    case X509_V_ERR_INVALID_PURPOSE: return Failure::wrong_purpose;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
    case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION: return Failure::list_unusable;
    default: return Failure::untrusted;
  }
}

Cause cause_of(SSL* ssl) {
  const int system_error = errno;
  // Takes the last error: if a certificate fails to verify, the queue may have signature errors
  // before it.
  const auto error = ERR_peek_last_error();
  ERR_clear_error();
  if (auto flaw = flaw_of_peers_chain(ssl); !flaw.empty())
    return {Failure::protocol, std::move(flaw)};
  if (sent_too_many_key_updates(ssl))
    return {Failure::protocol, "the peer updated its keys more than " +
                                   std::to_string(most_key_updates) + " times in a minute"};
  if (error == 0) return {Failure::broken_off, text_of_errno(system_error)};
  if (ERR_GET_LIB(error) == ERR_LIB_SYS) return {Failure::broken_off, text_of(ssl, error)};
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return {Failure::protocol, text_of(ssl, error)};
  return {ssl_failure(ssl, ERR_GET_REASON(error)), text_of(ssl, error)};
}

}  // namespace tls
