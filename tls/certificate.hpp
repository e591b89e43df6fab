// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace tls {

/// The statements of a certificate about its owner, as plain data. Names with control characters
/// are left out, and so are several common names: ambiguous names prove nothing.
struct Certificate {
  std::string common_name;
  std::vector<std::string> organizational_units;
  std::vector<std::string> dns;  ///< subject alternative names, in lower case
  std::vector<std::string> ip;   ///< "192.0.2.1", "2001:db8::1"
  /// URIs such as SPIFFE ids: "spiffe://corp/ci/runner-7". None if one of them is left out.
  std::vector<std::string> uri;
  std::vector<std::string> email;
  std::string issuer;      ///< its distinguished name (RFC 2253): "CN=Corp CI CA,O=Corp"
  std::string key_sha256;  ///< of the DER public key (SPKI), 64 lower-case hex digits
  std::string serial;      ///< hex digits, as openssl prints it
  std::chrono::system_clock::time_point not_before, not_after;
};

Certificate read_certificate(X509*);

/// The names of `dns`, `ip` and `uri` in the order in which the certificate has them.
std::vector<std::string> alternative_names(const X509*);

}  // namespace tls
