// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
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
  explicit State(std::string where, std::string own = "ca")
      : folder(std::move(where)), own_folder(std::move(own)), lock(folder + "/" + own_folder) {}

  std::string file(const std::string& name) const { return folder + "/" + name; }
  /// A file of the authority itself: "ca/crl.pem", or "ca/next/crl.pem" of one that takes over.
  std::string own_file(const std::string& name) const { return file(own_folder + "/" + name); }
  /// Clients get certificates of the one that takes over, if there is one.
  const State& of_clients() const { return next == nullptr ? *this : *next; }
  /// This one, and the one that takes over.
  std::vector<const State*> all() const {
    return next == nullptr ? std::vector{this} : std::vector{this, next.get()};
  }

  std::string folder, own_folder;
  FolderLock lock;
  Minted ca;
  std::string ca_pem;                 ///< what is trusted: during a rollover both authorities
  std::shared_ptr<const State> next;  ///< the authority that takes over; null outside a rollover
};

Error openssl_problem(const std::string& what);

/// Reads the authority's certificate and key.
Trouble read_authority(Authority::State&);

Result<openssl::Cert> read_one_certificate(const std::string& path);

/// Uses all of `blank` except the times.
/// \param folder receives {ca,cert,key}.pem
/// \param key public key of somebody who has the private one; null: makes a key
Result<Entry> issue_into(const Authority::State&, const std::string& folder, Blank blank,
                         TimePoint not_after, EVP_PKEY* key = nullptr);

/// The same names and the same lifetime for another certificate, from this authority.
Result<Entry> renew_one(const Authority::State&, const Entry& old);

/// Whether this authority has issued it.
bool is_from(const Authority::State&, const X509*);

/// The unexpired certificates of clients, wherever their folders are now.
Result<std::vector<openssl::Cert>> issued_to_clients(const Authority::State&);

/// Writes the list to its file, and to the listeners'.
Result<TimePoint> write_list(const Authority::State&, const X509_CRL* earlier,
                             const std::vector<const X509*>& revoked);

Result<openssl::Crl> read_list(const Authority::State&);

/// The lists of this authority and of the one that takes over.
Result<std::vector<openssl::Crl>> read_lists(const Authority::State&);

bool is_revoked(const std::vector<openssl::Crl>&, X509*);

/// The names of the clients with a certificate in their folder.
Result<std::vector<std::string>> client_names(const Authority::State&);

}  // namespace tls
