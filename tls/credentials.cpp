// SPDX-License-Identifier: Apache-2.0
#include "tls/credentials.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <string_view>

#include "tls/certificate.hpp"
#include "tls/key_bound.hpp"
#include "tls/openssl.hpp"
#include "tls/own_chain.hpp"
#include "tls/pem.hpp"
#include "tls/purpose.hpp"
#include "tls/revocation.hpp"

namespace tls {
namespace {

using openssl::shown;

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

Expiry expiry_of(const std::string& file, const RevocationList& list) {
  return {.file = file,
          .subject = shown(list.issuer()),
          .not_before = list.since,
          .not_after = list.until,
          .is_list = true};
}

/// Whether we may show the certificate in this role. Not with anyExtendedKeyUsage alone: clients
/// that use OpenSSL refuse it.
bool may_show(Role role, X509* cert) {
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

/// Whoever names such an authority as his issuer would make us verify with its key.
void leave_out_costly(std::vector<openssl::Cert>& authorities, const std::string& file,
                      Findings& found) {
  std::erase_if(authorities, [&](const openssl::Cert& each) {
    const auto flaw = flaw_of_key(each.get());
    if (flaw)
      found.warnings.push_back(
          told(file, shown(X509_get_subject_name(each.get())).append(" "), *flaw));
    return flaw.has_value();
  });
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

std::vector<X509*> authorities_of(X509_STORE* store) {
  std::vector<X509*> authorities;
  auto* objects = X509_STORE_get0_objects(store);
  for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
    auto* cert = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
    if (cert != nullptr && X509_check_ca(cert) != 0) authorities.push_back(cert);
  }
  return authorities;
}

/// Lists, each with its file.
struct ReadLists {
  RevocationLists lists;
  std::vector<std::string> files;
};

Trouble read_lists(const std::string& file, ReadLists& read) {
  auto lists = read_revocation_lists(file);
  if (!lists) return lists.error();
  for (auto& each : *lists) {
    const auto issuer = shown(X509_CRL_get_issuer(each.get()));
    auto list = RevocationList::from(std::move(each));
    if (!list) return Error{told(file, "the list of " + issuer, " " + list.error().message)};
    read.lists.push_back(std::move(*list));
    read.files.push_back(file);
  }
  return std::nullopt;
}

std::string numbered(const RevocationList& list) {
  const auto number = list.number();
  return number.empty() ? "without a number" : "number " + number;
}

/// Lists that have been replaced by others do not count, so their time does not matter either.
void report_lists(const ReadLists& read, const std::vector<X509*>& authorities, Findings& found) {
  for (std::size_t i = 0; i < read.lists.size(); ++i) {
    const auto& list = *read.lists[i];
    const auto is_old = [&](X509* authority) {
      return list.is_signed_by(authority) && is_replaced(list, read.lists, authority);
    };
    if (std::ranges::none_of(authorities, is_old)) {
      found.expiries.push_back(expiry_of(read.files[i], list));
      continue;
    }
    found.warnings.push_back(
        told(read.files[i], "the list of " + shown(list.issuer()),
             ", " + numbered(list) + ", is not used, since `crl` has a later one: remove it"));
  }
}

/// Authorities whose certificates will all be refused, since none of the lists is theirs.
struct Unlisted {
  std::vector<std::string> names;
  bool is_every = true;
};

Unlisted without_list(const std::vector<X509*>& authorities, const RevocationLists& lists) {
  Unlisted unlisted;
  for (auto* authority : authorities) {
    const bool has_list =
        std::ranges::any_of(lists, [&](const auto& list) { return list->is_signed_by(authority); });
    if (!has_list) unlisted.names.push_back(shown(X509_get_subject_name(authority)));
    unlisted.is_every = unlisted.is_every && !has_list;
  }
  return unlisted;
}

Trouble check_issuers(const Unlisted& unlisted, const std::string& ca, const std::string& list,
                      Findings& found) {
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
  if (!may_show(role, chain->front().get())) return wrong_purpose(role, cert);
  if (X509_check_private_key(chain->front().get(), private_key->get()) != 1) {
    return Error{key + " is not the key of the first certificate in " + cert +
                 ": renew both together, the server's own certificate first"};
  }
  if (auto trouble = check_kind_of_key(context, chain->front().get(), cert, found)) return trouble;
  if (auto trouble = use_chain(context, *chain, cert)) return trouble;
  if (SSL_CTX_use_PrivateKey(context, private_key->get()) != 1)
    return Error{key + " cannot be used: " + openssl::last_error()};
  if (role == Role::server) warn_of_names(chain->front().get(), cert, found);
  for (const auto& one : *chain) found.expiries.push_back(expiry_of(cert, one.get()));
  return std::nullopt;
}

Trouble trust(SSL_CTX* context, Role peers, const std::string& ca, Findings& found) {
  auto authorities = read_certificates(ca);
  if (!authorities) return authorities.error();
  leave_out_costly(*authorities, ca, found);
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
  if (files.empty()) return std::nullopt;
  ReadLists read;
  for (const auto& file : files)
    if (auto trouble = read_lists(file, read)) return trouble;
  auto* store = SSL_CTX_get_cert_store(context);
  const auto authorities = authorities_of(store);
  const auto unlisted = without_list(authorities, read.lists);
  report_lists(read, authorities, found);
  if (!require_lists(store, std::move(read.lists)))
    return Error{files.front() + " cannot be used: " + openssl::last_error()};
  return check_issuers(unlisted, ca, files.front(), found);
}

}  // namespace tls
