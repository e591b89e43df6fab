// SPDX-License-Identifier: Apache-2.0
#include "tls/credentials.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tls/openssl.hpp"
#include "tls/pem.hpp"

namespace tls {
namespace {

/// The name for people: the common name if there is one, else the whole subject.
std::string shown(const X509_NAME* name) {
  auto common_name = openssl::common_name_of(name);
  return common_name.empty() ? openssl::text_of(name) : common_name;
}

Expiry expiry_of(const std::string& file, const X509* cert) {
  return {file, shown(X509_get_subject_name(cert)), openssl::time_of(X509_get0_notAfter(cert)),
          false};
}

/// A certificate without extendedKeyUsage may be used for every purpose.
bool is_for(Role role, X509* cert) {
  const int purpose = role == Role::server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT;
  return X509_check_purpose(cert, purpose, 0) == 1;
}

Error wrong_purpose(Role role, const std::string& file) {
  const bool server = role == Role::server;
  return {file + " is not a certificate for a " + (server ? "server" : "client") +
          ": its extendedKeyUsage must have " + (server ? "serverAuth" : "clientAuth")};
}

Trouble use_chain(SSL_CTX* context, const std::vector<openssl::Cert>& chain,
                  const std::string& file) {
  ERR_clear_error();
  bool used = SSL_CTX_use_certificate(context, chain.front().get()) == 1;
  for (std::size_t i = 1; used && i < chain.size(); ++i)
    used = SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1;
  if (used) return std::nullopt;
  return Error{file + " cannot be used: " + openssl::last_error() +
               " (RSA of 2048 bits or P-256, signed with SHA-256, will do)"};
}

}  // namespace

Trouble show_certificate(SSL_CTX* context, Role role, const std::string& cert,
                         const std::string& key, std::vector<Expiry>& expiries) {
  const auto chain = read_certificates(cert);
  if (!chain) return chain.error();
  const auto private_key = read_key(key);
  if (!private_key) return private_key.error();
  if (!is_for(role, chain->front().get())) return wrong_purpose(role, cert);
  if (X509_check_private_key(chain->front().get(), private_key->get()) != 1) {
    return Error{key + " is not the key of the first certificate in " + cert +
                 ": renew both together, the server's own certificate first"};
  }
  if (auto trouble = use_chain(context, *chain, cert)) return trouble;
  if (SSL_CTX_use_PrivateKey(context, private_key->get()) != 1)
    return Error{key + " cannot be used: " + openssl::last_error()};
  for (const auto& one : *chain) expiries.push_back(expiry_of(cert, one.get()));
  return std::nullopt;
}

Trouble trust(SSL_CTX* context, const std::string& ca, std::vector<Expiry>& expiries) {
  const auto authorities = read_certificates(ca);
  if (!authorities) return authorities.error();
  auto* store = SSL_CTX_get_cert_store(context);
  for (const auto& authority : *authorities) {
    const bool added = X509_STORE_add_cert(store, authority.get()) == 1 &&
                       SSL_CTX_add_client_CA(context, authority.get()) == 1;
    if (!added) return Error{ca + " cannot be used: " + openssl::last_error()};
    expiries.push_back(expiry_of(ca, authority.get()));
  }
  // Allows trust in an intermediate authority alone. Otherwise trusting one authority's clients
  // would mean trusting the root, and so everything that the root has ever signed.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  return std::nullopt;
}

Trouble check_lists(SSL_CTX* context, const std::vector<std::string>& files,
                    std::vector<Expiry>& expiries) {
  auto* store = SSL_CTX_get_cert_store(context);
  for (const auto& file : files) {
    const auto lists = read_revocation_lists(file);
    if (!lists) return lists.error();
    for (const auto& list : *lists) {
      if (X509_STORE_add_crl(store, list.get()) != 1)
        return Error{file + " cannot be used: " + openssl::last_error()};
      const auto* until = X509_CRL_get0_nextUpdate(list.get());
      if (until == nullptr)
        return Error{file + " has no nextUpdate, so its end is unknown: issue it with one"};
      expiries.push_back(
          {file, shown(X509_CRL_get_issuer(list.get())), openssl::time_of(until), true});
    }
  }
  if (files.empty()) return std::nullopt;
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context),
                              X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  return std::nullopt;
}

}  // namespace tls
