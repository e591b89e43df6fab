// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tls/openssl.hpp"
#include "tls/result.hpp"

/// PKCS#12 files, which Java and Windows read instead of PEM. Private to the room.
namespace tls {

/// A client's identity, and the authorities that it trusts.
struct Keystore {
  std::string name;  ///< of the key's entry: Java's alias, Windows' friendly name
  openssl::Key key;
  openssl::Cert cert;
  std::vector<openssl::Cert> authorities;
};

/// The contents of a PKCS#12 file: AES-256 with a key by PBKDF2 and HMAC-SHA-256. To Java the
/// authorities are trusted entries, so that one file is keystore and truststore.
/// \param password printable ASCII, since programs differ in how they encode anything else
Result<std::string> pkcs12_of(const Keystore&, const std::string& password);

}  // namespace tls
