// SPDX-License-Identifier: Apache-2.0
#include "tls/context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <new>

#include "acl/text/ip.hpp"
#include "tls/chain_bound.hpp"
#include "tls/credentials.hpp"
#include "tls/name.hpp"
#include "tls/openssl.hpp"
#include "tls/own_chain.hpp"
#include "tls/purpose.hpp"
#include "tls/server_names.hpp"
#include "tls/tickets.hpp"
#include "tls/verify.hpp"

namespace tls {
namespace {

constexpr int most_intermediates = 4;
/// A name of 64 KiB alone would cost 9 ms to read.
constexpr long most_chain_bytes = 32 * 1024;
/// Requires RSA of 2048 bits, curves of 224, and no SHA-1 in signatures.
constexpr int security_level = 2;
/// TLS 1.2 with forward secrecy and AEAD only; 1.3 has no other ciphers. AES-128 comes first: it
/// has ten rounds instead of fourteen, and no attack comes near either (see README.md, Why).
constexpr const char* tls1_2_ciphers = "ECDHE+AES128+AESGCM:ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr const char* tls1_3_ciphers =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
/// Without ffdhe8192, which OpenSSL enables by default: a client that repeats one ClientHello with
/// it costs us 200 ms of CPU each time, and itself nothing.
constexpr const char* groups = "X25519:P-256:P-384:P-521";

std::shared_ptr<SSL_CTX> new_context(const SSL_METHOD* method, Version least) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(method), SSL_CTX_free);
  if (context == nullptr) throw std::bad_alloc();
  auto* ctx = context.get();
  SSL_CTX_set_security_level(ctx, security_level);
  SSL_CTX_set_min_proto_version(ctx, least == Version::tls1_2 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(ctx, 0);
  if (SSL_CTX_set_cipher_list(ctx, tls1_2_ciphers) != 1 ||
      SSL_CTX_set_ciphersuites(ctx, tls1_3_ciphers) != 1 ||
      SSL_CTX_set1_groups_list(ctx, groups) != 1)
    throw std::bad_alloc();
  SSL_CTX_set_options(
      ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // NO_AUTO_CHAIN keeps the authorities that we trust out of the chain that we send.
  SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_verify_depth(ctx, most_intermediates);
  SSL_CTX_set_max_cert_list(ctx, most_chain_bytes);
  bound_messages(ctx);
  return context;
}

/// A client that offers protocols must offer HTTP/1.1: tidegate speaks no other.
int select_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr std::array<unsigned char, 9> ours{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* match = nullptr;
  const int found =
      SSL_select_next_proto(&match, size, ours.data(), ours.size(), offered, offered_size);
  *chosen = match;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// The certificate must be for this name; its common name alone does not count (RFC 6125).
Trouble expect_name(SSL_CTX* context, const std::string& name) {
  auto* rules = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(
      rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  const bool set =
      acl::parse_ip(name)
          ? X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) == 1
          : is_host_name(name) && X509_VERIFY_PARAM_set1_host(rules, name.data(), name.size()) == 1;
  if (set) return std::nullopt;
  return Error{"'" + name +
               "' is not a server name: it must be the host name or IP address in the "
               "engine's certificate"};
}

Trouble fill(SSL_CTX* context, const ServerOptions& options, Findings& found) {
  if (auto trouble = show_certificate(context, Role::server, options.cert, options.key, found))
    return trouble;
  if (auto trouble = trust(context, Role::client, options.client_ca, found)) return trouble;
  // Client rules look at common names, so constraints of host names hold for one that looks like a
  // host name, even where the certificate has host names as alternative names too.
  X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(context),
                                  X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT);
  warn_of_chain(context, options.cert, found);
  return check_lists(context, options.client_ca, options.crl, found);
}

Trouble fill(SSL_CTX* context, const ClientOptions& options, Findings& found) {
  if (auto trouble = expect_name(context, options.server_name)) return trouble;
  if (auto trouble = trust(context, Role::server, options.ca, found)) return trouble;
  if (options.cert.empty() && options.key.empty()) return std::nullopt;
  if (auto trouble = show_certificate(context, Role::client, options.cert, options.key, found))
    return trouble;
  warn_of_chain(context, options.cert, found);
  return std::nullopt;
}

}  // namespace

Result<std::shared_ptr<const Context>> Context::server(const ServerOptions& options) {
  const std::shared_ptr<Context> context(new Context);
  context->context_ = new_context(TLS_server_method(), options.least);
  auto* ctx = context->native();
  if (auto trouble = fill(ctx, options, context->found_)) return std::move(*trouble);
  context->names_ = server_names(SSL_CTX_get0_certificate(ctx));
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, on_verified);
  SSL_CTX_set_purpose(ctx, purpose_of(Role::client));
  SSL_CTX_set_alpn_select_cb(ctx, select_protocol, nullptr);
  if (!limit_resumption(ctx, options.scope)) return Error{openssl::last_error()};
  return std::shared_ptr<const Context>(context);
}

Result<std::shared_ptr<const Context>> Context::client(const ClientOptions& options) {
  const std::shared_ptr<Context> context(new Context);
  context->context_ = new_context(TLS_client_method(), Version::tls1_2);
  auto* ctx = context->native();
  if (auto trouble = fill(ctx, options, context->found_)) return std::move(*trouble);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, on_verified);
  SSL_CTX_set_purpose(ctx, purpose_of(Role::server));
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  return std::shared_ptr<const Context>(context);
}

}  // namespace tls
