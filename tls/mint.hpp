// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tls/authority.hpp"
#include "tls/openssl.hpp"

/// Makes and signs certificates and lists: ECDSA P-256 with SHA-256. Private to the room.
namespace tls {

enum class Purpose : std::uint8_t { authority, server, client };

/// The contents of a new certificate.
struct Blank {
  std::string common_name;         ///< at most 64 bytes; may be empty if there are names
  std::vector<std::string> names;  ///< host names, IP addresses, URIs: "spiffe://corp/ci/runner-7"
  Purpose purpose = Purpose::client;
  TimePoint not_before, not_after;
};

/// A certificate with its key.
struct Minted {
  openssl::Cert cert;
  openssl::Key key;
};

/// \returns nothing if OpenSSL fails, as all functions here; last_error() has the reason
openssl::Key new_key();

/// \param issuer null: an authority that signs itself
/// \param key null: a new key
Minted mint(const Blank&, const Minted* issuer, openssl::Key key = nullptr);

/// Makes a certificate for somebody else's public key.
openssl::Cert certify(const Blank&, const Minted& issuer, EVP_PKEY* key);

/// Makes a list with the entries of `earlier` (which may be null) and `revoked`.
openssl::Crl mint_list(const Minted& issuer, const X509_CRL* earlier,
                       const std::vector<const X509*>& revoked, TimePoint not_before,
                       TimePoint not_after);

/// Adds the entries of `other` to `list`, and takes its number if that is higher. The result is not
/// signed: it is for mint_list(). \returns false if OpenSSL fails
bool add_entries(const X509_CRL* other, X509_CRL* list);

}  // namespace tls
