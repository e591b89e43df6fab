// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tls/certificate.hpp"
#include "tls/result.hpp"

namespace tls {

using Days = std::chrono::days;
using TimePoint = std::chrono::system_clock::time_point;

/// Which copies of the revocation list have a certificate. Listeners refuse it if theirs has it.
/// They differ only after an interruption, or where server/crl.pem is not the one that was written.
enum class Revocation : std::uint8_t { none, listeners_only, authority_only, everywhere };

/// A certificate of an Authority, as its files describe it.
struct Entry {
  enum class Kind : std::uint8_t { authority, server, client };
  Kind kind = Kind::client;
  std::string file;  ///< its record in ca/issued, if it is not where it was put
  Certificate certificate;
  std::vector<std::string> names;  ///< the alternative names, in the order of the certificate
  Revocation revocation = Revocation::none;
  bool trusted = true;  ///< false: it is from an authority that a rollover has ended
};

/// What a verb has done, and what it could not do for single files. The rest is done all the same.
struct Outcome {
  std::vector<Entry> entries;
  std::vector<Entry> left_out;  ///< clients that renew() leaves alone: they expired too long ago
  std::vector<Error> problems;
};

/// A private certificate authority for tidegate's listeners, as files in one folder:
///
///     ca/ca.pem  ca/ca-key.pem  ca/crl.pem  ca/issued/SERIAL.pem
///     ca/past/SERIAL.pem                  lists of authorities that a rollover has ended
///     server/{ca,cert,key,crl}.pem        all that the daemon needs
///     clients/NAME/{ca,cert,key}.pem      what DOCKER_CERT_PATH names
///
/// A client that makes its key itself has no key.pem here. During a rollover ca/next has the files
/// of the authority that takes over, and server/crl.pem the lists of both. ca/next/ca.pem is
/// written last, and without it the others count for nothing; when ca/ca.pem is the same, the new
/// authority has taken over.
///
/// Keys are ECDSA P-256 with mode 0600. Files are written atomically; a replacement keeps the owner
/// and mode of the old file. Certificates are valid from five minutes ago, for clocks that are
/// late, and never longer than the authority's own. One process at a time.
///
/// A process may be killed at any time. What it leaves is complete or is not used, and the same
/// call finishes it. What ca/crl.pem revokes, server/crl.pem revoked before.
class Authority {
 public:
  /// Creates the folder, the authority in it, and an empty revocation list; or finishes that, and
  /// opens the authority, where the server has no certificate yet.
  static Result<Authority> make(const std::string& folder, Days life);
  /// Opens a folder that make() has created.
  static Result<Authority> open(const std::string& folder);

  /// Issues a server certificate, which replaces an existing one.
  /// \param hosts names and addresses that clients connect to; the first is the common name
  Result<Entry> issue_server(const std::vector<std::string>& hosts, Days life) const;
  /// Issues a client certificate. Fails if `name` has one that is neither revoked nor expired.
  /// \param names names besides the common name, which is `name`
  /// \param request file with a signing request, of which only the key is used; empty: makes a key
  Result<Entry> issue_client(const std::string& name, const std::vector<std::string>& names,
                             Days life, const std::string& request = {}) const;
  /// Revokes every unexpired certificate that was issued to `name`; again where it is revoked
  /// already, so that both copies of the list have it. A record that cannot be read is a problem:
  /// it may be the client's.
  Result<Outcome> revoke_client(const std::string& name) const;

  /// Writes a valid client's key, certificate and authorities into a new file (PKCS#12, mode 0600).
  /// \param password without a flaw_of_password()
  Result<Entry> export_client(const std::string& name, const std::string& password,
                              const std::string& path) const;

  /// Renews certificates that end within `within` or are not trusted, except revoked ones: new
  /// keys, the same names, and the same lifetime. A client whose key is not here keeps its key.
  /// Clients that expired more than `grace` ago are left out: nobody expects them to come back.
  Result<Outcome> renew(std::chrono::seconds within) const;
  static constexpr Days grace{7};
  /// Signs the revocation lists again for another `list_life`, with the entries of both copies.
  /// \returns their end
  Result<TimePoint> renew_list() const;
  static constexpr Days list_life{30};

  /// The certificates in use: the authorities', the server's, and the clients' by name; then those
  /// that are valid but not where they were put, such as a renewed client's earlier one. Problems
  /// are files that cannot be read, and copies of the list that differ.
  Result<Outcome> list() const;
  /// When the first of the lists that listeners have ends.
  Result<TimePoint> list_ends() const;

  /// Makes an authority that takes over, in ca/next, or finishes making it. From then on both are
  /// trusted. Clients get certificates of the new one. The server keeps one of this authority,
  /// since clients that still have the old ca.pem know no other. This object does not know the new
  /// one: open the folder again.
  Trouble begin_rollover(Days life) const;
  /// Unexpired certificates of clients that are from the authority that a rollover replaces, and
  /// are not revoked; none if there is no rollover. A record that cannot be read is a problem: it
  /// may be one of them.
  Result<Outcome> left_by_rollover() const;
  /// Gives the server a certificate of the new authority, and forgets this one: its clients are no
  /// longer served. This object must not be used afterwards. \returns false if there is no rollover
  Result<bool> finish_rollover() const;

  struct State;

 private:
  explicit Authority(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace tls
