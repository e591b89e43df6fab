// SPDX-License-Identifier: Apache-2.0
#include "tls/purpose.hpp"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <new>

namespace tls {
namespace {

/// Any that OpenSSL does not use.
constexpr int for_clients = 9101, for_servers = 9102;

int usual_purpose(int ours) {
  return ours == for_clients ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER;
}

/// With anyExtendedKeyUsage: whether the rest of the certificate allows it.
int judge_any(X509* cert, int ours, bool as_authority) {
  if (as_authority) return X509_check_ca(cert);
  const auto server_only = ours == for_servers ? KU_KEY_ENCIPHERMENT : 0U;
  const auto usage = KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT | server_only;
  return (X509_get_key_usage(cert) & usage) != 0 ? 1 : 0;  // all bits are set without keyUsage
}

/// OpenSSL's callback. \param as_authority whether the certificate has signed another
int judge(const X509_PURPOSE* purpose, const X509* cert, int as_authority) {
  auto* changeable = const_cast<X509*>(cert);  // OpenSSL's functions note what they have parsed
  const int ours = X509_PURPOSE_get_id(purpose);
  const int usual = X509_check_purpose(changeable, usual_purpose(ours), as_authority);
  const bool is_any = (X509_get_extended_key_usage(changeable) & XKU_ANYEKU) != 0;
  return usual != 0 || !is_any ? usual : judge_any(changeable, ours, as_authority != 0);
}

void add(int ours, int trust, const char* name) {
  // OpenSSL copies the names.
  auto* text = const_cast<char*>(name);
  if (X509_PURPOSE_add(ours, trust, 0, judge, text, text, nullptr) != 1) throw std::bad_alloc();
}

/// OpenSSL's table of purposes has no lock.
bool add_purposes() {
  add(for_clients, X509_TRUST_SSL_CLIENT, "tidegate's clients");
  add(for_servers, X509_TRUST_SSL_SERVER, "tidegate's engines");
  return true;
}

}  // namespace

int purpose_of(Role peers) {
  [[maybe_unused]] static const bool added = add_purposes();
  return peers == Role::client ? for_clients : for_servers;
}

bool is_for(Role peers, X509* cert) {
  return X509_check_purpose(cert, purpose_of(peers), 0) == 1;
}

}  // namespace tls
