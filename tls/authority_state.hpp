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

/// Uses all of `blank` except the times. Before, read_lists() must have succeeded: an authority
/// without a list could not revoke what it issues.
/// \param folder receives {ca,cert,key}.pem
/// \param key public key of somebody who has the private one; null: makes a key
Result<Entry> issue_into(const Authority::State&, const std::string& folder, Blank blank,
                         TimePoint not_after, EVP_PKEY* key = nullptr);

/// The same names and the same lifetime for another certificate, from this authority. Its lists
/// must have been read, as for issue_into().
Result<Entry> renew_one(const Authority::State&, const Entry& old);

/// The two copies of an authority's revocation list. An interruption can leave one of them old.
struct Copies {
  openssl::Crl own;          ///< the authority's "crl.pem"; null: there is no list yet
  openssl::Crl listeners;    ///< from server/crl.pem; null if it cannot be used
  Trouble why_no_listeners;  ///< why it cannot
};

/// Of each authority in State::all().
using Lists = std::vector<Copies>;

/// Fails if an authority's own copy cannot be used.
Result<Lists> read_lists(const Authority::State&);

/// Keeps the list of an authority that a rollover ends, in ca/past, for read_past_lists().
/// \param last its copies; the entries of both are joined in its own
Trouble keep_list(const Authority::State& ended, Copies& last);

/// The lists of authorities that rollovers have ended. They are only asked whether a key was
/// revoked.
Result<Lists> read_past_lists(const Authority::State&);

/// Writes server/crl.pem with a list of each authority, then their own copies. A list has the
/// entries of both earlier copies and those of `revoked` that are from its authority, and lasts
/// for another `list_life`.
/// \param earlier the copies of each authority
Trouble write_lists(const std::vector<const Authority::State*>& authorities, const Lists& earlier,
                    const std::vector<const X509*>& revoked);

Revocation revocation_of(const Lists&, X509*);

/// Whether listeners refuse it.
bool is_refused(const Lists&, X509*);

/// Whether this authority has issued it.
bool is_from(const Authority::State&, const X509*);

/// Whether one of State::all() has issued it. Nobody trusts the others, which a rollover has ended.
bool is_from_any(const Authority::State&, const X509*);

bool is_for_clients(X509*);

/// Whether it is an unexpired certificate of a client.
bool is_valid_client(X509*);

/// Whether it is an unexpired certificate of the client `name`.
bool is_client_of(X509*, const std::string& name);

/// Certificates that have been issued, by their records in ca/issued, and what cannot be read
/// there.
struct Records {
  std::vector<openssl::Cert> certs;
  std::vector<Error> damaged;
};

Result<Records> read_records(const Authority::State&);

/// The names of the clients with a certificate in their folder.
Result<std::vector<std::string>> client_names(const Authority::State&);

/// Whether a folder's key.pem is not the key of its cert.pem, as an interruption leaves it.
bool is_mismatched(const std::string& folder);

}  // namespace tls
