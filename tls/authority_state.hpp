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
Result<Entry> issue_into(const Authority::State&, const std::string& folder, Blank blank,
                         TimePoint not_after);

/// The two copies of the revocation list. An interruption can leave one of them old.
struct Lists {
  openssl::Crl own;          ///< ca/crl.pem
  openssl::Crl listeners;    ///< server/crl.pem; null if it cannot be used
  Trouble why_no_listeners;  ///< why it cannot
};

/// Fails if ca/crl.pem cannot be used.
Result<Lists> read_lists(const Authority::State&);

/// Writes both copies, with the entries of both and `revoked`, for another `list_life`. The
/// listeners' comes first.
Trouble write_lists(const Authority::State&, const Lists& earlier,
                    const std::vector<const X509*>& revoked);

Revocation revocation_of(const Lists&, X509*);

/// Whether listeners refuse it.
constexpr bool is_refused(Revocation revocation) {
  return revocation == Revocation::everywhere || revocation == Revocation::listeners_only;
}

bool is_for_clients(X509*);

/// Whether it is an unexpired certificate of the client `name`.
bool is_client_of(X509*, const std::string& name);

/// Certificates that have been issued, by their records in ca/issued, and what cannot be read
/// there.
struct Records {
  std::vector<openssl::Cert> certs;
  std::vector<Error> damaged;
};

Result<Records> read_records(const Authority::State&);

/// Whether a folder's key.pem is not the key of its cert.pem, as an interruption leaves it.
bool is_mismatched(const std::string& folder);

}  // namespace tls
