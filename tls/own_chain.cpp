// SPDX-License-Identifier: Apache-2.0
#include "tls/own_chain.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "tls/openssl.hpp"

namespace tls {
namespace {

/// The keys that Go knows, and so docker and dockerd: curves by OpenSSL's names, and algorithms.
constexpr auto known_to_docker =
    std::to_array<std::string_view>({"prime256v1", "secp384r1", "secp521r1", "RSA", "ED25519"});
/// Other keys that TLS 1.3 has signatures for (RFC 8446, section 4.2.3).
constexpr auto known_to_tls1_3 = std::to_array<std::string_view>({"RSA-PSS", "ED448"});

bool is_in(const auto& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// "secp256k1", "RSA"
std::string kind_of(const EVP_PKEY* key) {
  std::array<char, 80> curve{};
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
      EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr) == 1)
    return curve.data();
  const auto* type = EVP_PKEY_get0_type_name(key);
  return type != nullptr ? type : "unknown";
}

bool is_root(X509* cert) {
  return X509_self_signed(cert, 0) == 1;
}

/// Our own certificate and what the file has behind it.
std::vector<X509*> own_chain(SSL_CTX* context) {
  std::vector<X509*> chain{SSL_CTX_get0_certificate(context)};
  STACK_OF(X509)* behind = nullptr;
  // A macro, which hands the pointer on as void*.
  SSL_CTX_ctrl(context, SSL_CTRL_GET_CHAIN_CERTS, 0, static_cast<void*>(&behind));
  for (int i = 0; i < sk_X509_num(behind); ++i) chain.push_back(sk_X509_value(behind, i));
  return chain;
}

/// An intermediate authority that has signed the certificate, if we trust one.
X509* intermediate_above(X509* cert, X509_STORE* trusted) {
  auto* objects = X509_STORE_get0_objects(trusted);
  for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
    auto* issuer = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
    if (issuer != nullptr && !is_root(issuer) && openssl::has_signed(issuer, cert)) return issuer;
  }
  return nullptr;
}

}  // namespace

Trouble check_kind_of_key(SSL_CTX* context, X509* cert, const std::string& file, Findings& found) {
  const auto kind = kind_of(X509_get0_pubkey(cert));
  if (is_in(known_to_docker, kind)) return std::nullopt;
  const auto told = [&](const char* what) {
    return file + ": " + openssl::shown(X509_get_subject_name(cert)) + " has a key (" + kind +
           ") that " + what + ": issue it for a key on P-256, or RSA of 2048 bits";
  };
  const bool is_1_3_only = SSL_CTX_get_min_proto_version(context) == TLS1_3_VERSION;
  if (is_1_3_only && !is_in(known_to_tls1_3, kind))
    return Error{told("TLS 1.3 does not have, so no client would be served")};
  found.warnings.push_back(told("docker and its engine do not know"));
  return std::nullopt;
}

void warn_of_chain(SSL_CTX* context, const std::string& file, Findings& found) {
  const auto chain = own_chain(context);
  const auto warn = [&](X509* cert, const std::string& what) {
    found.warnings.push_back(file + ": " + openssl::shown(X509_get_subject_name(cert)) + what);
  };
  const auto gap = std::ranges::adjacent_find(
      chain, [](X509* cert, X509* next) { return !openssl::has_signed(next, cert); });
  if (gap != chain.end())
    return warn(*gap, " is not signed by " + openssl::shown(X509_get_subject_name(gap[1])) +
                          ", which is behind it, so others may not accept it: write each "
                          "certificate's authority behind it");
  if (is_root(chain.back())) return;
  auto* missing = intermediate_above(chain.back(), SSL_CTX_get_cert_store(context));
  if (missing == nullptr) return;
  warn(chain.back(), " is signed by an intermediate authority, " +
                         openssl::shown(X509_get_subject_name(missing)) +
                         ", which is not in the file, so whoever knows its root only does not "
                         "accept it: append that authority's certificate");
}

}  // namespace tls
