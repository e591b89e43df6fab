// SPDX-License-Identifier: Apache-2.0
#include "tls/credentials.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string_view>

#include "tls/certificate.hpp"
#include "tls/openssl.hpp"
#include "tls/pem.hpp"

namespace tls {
namespace {

/// The name for people: the common name if there is one, else the whole subject.
std::string shown(const X509_NAME* name) {
  auto common_name = openssl::common_name_of(name);
  return common_name.empty() ? openssl::text_of(name) : common_name;
}

/// "/ca.pem: Corp CA has …"
std::string told(std::string file, std::string_view subject, std::string_view what) {
  return file.append(": ").append(subject).append(what);
}

Expiry expiry_of(const std::string& file, const X509* cert) {
  return {.file = file,
          .subject = shown(X509_get_subject_name(cert)),
          .not_before = openssl::time_of(X509_get0_notBefore(cert)),
          .not_after = openssl::time_of(X509_get0_notAfter(cert))};
}

Expiry expiry_of(const std::string& file, const X509_CRL* list) {
  return {.file = file,
          .subject = shown(X509_CRL_get_issuer(list)),
          .not_before = openssl::time_of(X509_CRL_get0_lastUpdate(list)),
          .not_after = openssl::time_of(X509_CRL_get0_nextUpdate(list)),
          .is_list = true};
}

/// A certificate without extendedKeyUsage may be used for every purpose.
bool is_for(Role role, X509* cert) {
  const int purpose = role == Role::server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT;
  return X509_check_purpose(cert, purpose, 0) == 1;
}

/// Since Go 1.15 clients such as docker no longer look at the common name.
void warn_of_names(X509* cert, const std::string& file, Findings& found) {
  const auto named = read_certificate(cert);
  if (!named.dns.empty() || !named.ip.empty()) return;
  found.warnings.push_back(
      told(file, shown(X509_get_subject_name(cert)),
           " has no DNS name and no IP address as subjectAltName, so docker does not accept it: "
           "issue it with those that clients use"));
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

/// Says why no peer's certificate that this one has signed would be accepted.
std::string why_no_authority(X509* cert) {
  constexpr int least_bits = 112;  // of security level 2
  if (X509_check_ca(cert) == 0)
    return " is no authority (it needs CA:TRUE in its basicConstraints and, if there is a "
           "keyUsage, "
           "keyCertSign), so it can only be trusted itself: name the authority that signed it";
  if (EVP_PKEY_get_security_bits(X509_get0_pubkey(cert)) < least_bits)
    return " has a key that is too weak: make an authority with RSA of 2048 bits or P-256";
  return {};
}

/// Since partial chains are allowed, a peer's own certificate can be trusted by itself.
Trouble check_authorities(Role peers, const std::string& file,
                          const std::vector<openssl::Cert>& authorities, Findings& found) {
  bool is_of_use = false;
  for (const auto& each : authorities) {
    const auto why = why_no_authority(each.get());
    is_of_use =
        is_of_use || why.empty() || (X509_check_ca(each.get()) == 0 && is_for(peers, each.get()));
    if (why.empty()) continue;
    found.warnings.push_back(told(file, shown(X509_get_subject_name(each.get())), why));
  }
  if (is_of_use) return std::nullopt;
  return Error{found.warnings.back()};
}

bool may_sign_lists(X509* authority) {
  return (X509_get_key_usage(authority) & KU_CRL_SIGN) != 0;  // all bits are set without keyUsage
}

bool is_signed_by(X509_CRL* list, X509* authority) {
  return X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(authority)) == 0 &&
         may_sign_lists(authority) && X509_CRL_verify(list, X509_get0_pubkey(authority)) == 1;
}

/// Authorities whose certificates will all be refused, since none of the lists is theirs.
struct Unlisted {
  std::vector<std::string> names;
  bool is_every = true;
};

Unlisted without_list(X509_STORE* store) {
  Unlisted unlisted;
  auto* objects = X509_STORE_get0_objects(store);
  const int count = sk_X509_OBJECT_num(objects);
  for (int i = 0; i < count; ++i) {
    auto* authority = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
    if (authority == nullptr || X509_check_ca(authority) == 0) continue;
    bool has_list = false;
    for (int j = 0; j < count && !has_list; ++j) {
      auto* list = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(objects, j));
      has_list = list != nullptr && is_signed_by(list, authority);
    }
    if (!has_list) unlisted.names.push_back(shown(X509_get_subject_name(authority)));
    unlisted.is_every = unlisted.is_every && !has_list;
  }
  ERR_clear_error();
  return unlisted;
}

Trouble check_issuers(X509_STORE* store, const std::string& ca, const std::string& list,
                      Findings& found) {
  const auto unlisted = without_list(store);
  if (!unlisted.names.empty() && unlisted.is_every)
    return Error{list + " is not signed by an authority of " + ca + " (" + unlisted.names.front() +
                 "), or that one's keyUsage has no cRLSign, so no client would be served: name "
                 "that authority's list"};
  for (const auto& name : unlisted.names)
    found.warnings.push_back(
        told(ca, name,
             " has no list in `crl`, so no client whose certificate it signed is served: add its "
             "list, or remove the authority"));
  return std::nullopt;
}

}  // namespace

Trouble show_certificate(SSL_CTX* context, Role role, const std::string& cert,
                         const std::string& key, Findings& found) {
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
  if (role == Role::server) warn_of_names(chain->front().get(), cert, found);
  for (const auto& one : *chain) found.expiries.push_back(expiry_of(cert, one.get()));
  return std::nullopt;
}

Trouble trust(SSL_CTX* context, Role peers, const std::string& ca, Findings& found) {
  const auto authorities = read_certificates(ca);
  if (!authorities) return authorities.error();
  auto* store = SSL_CTX_get_cert_store(context);
  for (const auto& authority : *authorities) {
    const bool added = X509_STORE_add_cert(store, authority.get()) == 1 &&
                       SSL_CTX_add_client_CA(context, authority.get()) == 1;
    if (!added) return Error{ca + " cannot be used: " + openssl::last_error()};
    found.expiries.push_back(expiry_of(ca, authority.get()));
  }
  // Allows trust in an intermediate authority alone. Otherwise trusting one authority's clients
  // would mean trusting the root, and so everything that the root has ever signed.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  return check_authorities(peers, ca, *authorities, found);
}

Trouble check_lists(SSL_CTX* context, const std::string& ca, const std::vector<std::string>& files,
                    Findings& found) {
  auto* store = SSL_CTX_get_cert_store(context);
  for (const auto& file : files) {
    const auto lists = read_revocation_lists(file);
    if (!lists) return lists.error();
    for (const auto& list : *lists) {
      if (X509_STORE_add_crl(store, list.get()) != 1)
        return Error{file + " cannot be used: " + openssl::last_error()};
      if (X509_CRL_get0_nextUpdate(list.get()) == nullptr)
        return Error{file + " has no nextUpdate, so its end is unknown: issue it with one"};
      found.expiries.push_back(expiry_of(file, list.get()));
    }
  }
  if (files.empty()) return std::nullopt;
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context),
                              X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  return check_issuers(store, ca, files.front(), found);
}

}  // namespace tls
