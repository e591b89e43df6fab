// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tls/openssl.hpp"
#include "tls/result.hpp"

/// Reads PEM files into objects. Every Error names the file. Private to the room.
namespace tls {

/// For certificates, requests and keys; a certificate with its chain is some KiB.
inline constexpr std::size_t most_file_bytes = 1024 * 1024;
/// For revocation lists; one of this size has some 700,000 entries, and takes 220 MiB while it is
/// read.
inline constexpr std::size_t most_list_bytes = 32 * most_file_bytes;

/// Reads one certificate or more.
Result<std::vector<openssl::Cert>> read_certificates(const std::string& path);

/// Reads one revocation list or more.
Result<std::vector<openssl::Crl>> read_revocation_lists(const std::string& path);

/// Reads the only signing request (PKCS#10) of a file.
Result<openssl::Request> read_signing_request(const std::string& path);

/// Refuses a key that others can read or change, and one with a passphrase.
Result<openssl::Key> read_key(const std::string& path);

/// Writes PEM text; empty if OpenSSL fails. The key has no passphrase.
std::string pem_of(X509*);
std::string pem_of(X509_CRL*);
std::string pem_of(EVP_PKEY*);

}  // namespace tls
