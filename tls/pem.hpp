// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tls/openssl.hpp"
#include "tls/result.hpp"

/// PEM files as objects. Whatever is wrong with one is a Error that names it. Private to the
/// room.
namespace tls {

/// A certificate with its chain is some KiB; a revocation list of this size has 25,000 entries.
inline constexpr std::size_t most_file_bytes = 1024 * 1024;

/// At least one.
Result<std::vector<openssl::Cert>> read_certificates(const std::string& path);

/// At least one.
Result<std::vector<openssl::Crl>> read_revocation_lists(const std::string& path);

/// Refuses a key that others can read or change, and one that asks for a passphrase.
Result<openssl::Key> read_key(const std::string& path);

/// As they stand in files; empty where OpenSSL fails. The key has no passphrase.
std::string pem_of(X509*);
std::string pem_of(X509_CRL*);
std::string pem_of(EVP_PKEY*);

}  // namespace tls
