// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tls/authority.hpp"
#include "tls/files.hpp"
#include "tls/mint.hpp"

/// State that the parts of Authority share. Private to the room.
namespace tls {

constexpr mode_t open_folder = 0755, closed_folder = 0700;
constexpr mode_t open_file = 0644, secret_file = 0600;
/// For clocks that are late.
constexpr std::chrono::minutes clock_skew{5};

struct Authority::State {
  explicit State(std::string where) : folder(std::move(where)), lock(folder + "/ca") {}

  std::string file(const std::string& name) const { return folder + "/" + name; }

  std::string folder;
  FolderLock lock;
  Minted ca;
  std::string ca_pem;
};

Error openssl_problem(const std::string& what);

Result<openssl::Cert> read_one_certificate(const std::string& path);

/// Uses all of `blank` except the times.
/// \param folder receives {ca,cert,key}.pem
/// \param key public key of somebody who has the private one; null: makes a key
Result<Entry> issue_into(const Authority::State&, const std::string& folder, Blank blank,
                         TimePoint not_after, EVP_PKEY* key = nullptr);

/// Writes the list to its file.
Result<TimePoint> write_list(const Authority::State&, const X509_CRL* earlier,
                             const std::vector<const X509*>& revoked);

Result<openssl::Crl> read_list(const Authority::State&);

bool is_revoked(X509_CRL*, X509*);

}  // namespace tls
