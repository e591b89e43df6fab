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

/// One certificate of an Authority, as its files tell.
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
/// Keys are ECDSA P-256 with mode 0600. Files are written as a whole; one that takes the place of
/// another keeps its owner and mode. Certificates are valid from five minutes ago on, for clocks
/// that are late, and never longer than the authority's own. One process at a time.
class Authority {
 public:
  /// Makes the folder, the authority in it, and an empty revocation list.
  static Result<Authority> make(const std::string& folder, Days life);
  /// One that make() has made.
  static Result<Authority> open(const std::string& folder);

  /// In place of the one that is there.
  /// \param hosts names and addresses that clients connect to; the first is the common name
  Result<Entry> issue_server(const std::vector<std::string>& hosts, Days life) const;
  /// Refuses where `name` has a certificate that is neither revoked nor expired.
  /// \param names beside the common name, which is `name`
  Result<Entry> issue_client(const std::string& name, const std::vector<std::string>& names,
                             Days life) const;
  /// Every certificate that was issued to `name` and has not expired.
  Result<std::vector<Entry>> revoke_client(const std::string& name) const;

  /// New keys and certificates with the same names, and for as long, in place of those that end
  /// within `within`; but for revoked ones.
  Result<std::vector<Entry>> renew(std::chrono::seconds within) const;
  /// The list with the entries that it has, for another `list_life`. \returns until when it holds.
  Result<TimePoint> renew_list() const;
  static constexpr Days list_life{30};

  /// The authority's own, the server's, the clients' by name.
  Result<std::vector<Entry>> list() const;
  Result<TimePoint> list_ends() const;

  struct State;

 private:
  explicit Authority(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace tls
