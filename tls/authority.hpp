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

/// A certificate of an Authority, as its files describe it.
struct Entry {
  enum class Kind : std::uint8_t { authority, server, client };
  Kind kind = Kind::client;
  std::string file;
  Certificate certificate;
  bool revoked = false;
};

/// A private certificate authority for tidegate's listeners, as files in one folder:
///
///     ca/ca.pem  ca/ca-key.pem  ca/crl.pem  ca/issued/SERIAL.pem
///     server/{ca,cert,key,crl}.pem        all that the daemon needs
///     clients/NAME/{ca,cert,key}.pem      what DOCKER_CERT_PATH names
///
/// A client that makes its key itself has no key.pem here. During a rollover ca/next has the files
/// of the authority that takes over. ca/next/ca.pem is written last, and without it the others
/// count for nothing; when ca/ca.pem is the same, the new authority has taken over.
///
/// Keys are ECDSA P-256 with mode 0600. Files are written atomically; a replacement keeps the owner
/// and mode of the old file. Certificates are valid from five minutes ago, for clocks that are
/// late, and never longer than the authority's own. One process at a time.
class Authority {
 public:
  /// Creates the folder, the authority in it, and an empty revocation list.
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
  /// Revokes every unexpired certificate that was issued to `name`.
  Result<std::vector<Entry>> revoke_client(const std::string& name) const;

  /// Writes a valid client's key, certificate and authorities into a new file (PKCS#12, mode 0600).
  /// \param password without a flaw_of_password()
  Result<Entry> export_client(const std::string& name, const std::string& password,
                              const std::string& path) const;

  /// Renews certificates that end within `within`, except revoked ones: new keys, the same names,
  /// and the same lifetime. A client whose key is not here keeps its key.
  Result<std::vector<Entry>> renew(std::chrono::seconds within) const;
  /// Signs the revocation list again for another `list_life`with the same entries. \returns its end
  Result<TimePoint> renew_list() const;
  static constexpr Days list_life{30};

  /// The certificates in use: the authorities', the server's, and the clients' by name.
  Result<std::vector<Entry>> list() const;
  Result<TimePoint> list_ends() const;

  /// Makes an authority that takes over, in ca/next, or finishes making it. From then on both are
  /// trusted. Clients get certificates of the new one. The server keeps one of this authority,
  /// since clients that still have the old ca.pem know no other. This object does not know the new
  /// one: open the folder again.
  Trouble begin_rollover(Days life) const;
  /// Unexpired certificates of clients that are from the authority that a rollover replaces, and
  /// are not revoked; empty if there is no rollover.
  Result<std::vector<Entry>> left_by_rollover() const;
  /// Gives the server a certificate of the new authority, and forgets this one: its clients are no
  /// longer served. This object must not be used afterwards. \returns false if there is no rollover
  Result<bool> finish_rollover() const;

  struct State;

 private:
  explicit Authority(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace tls
