// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "acl/identity.hpp"
#include "acl/ip_network.hpp"
#include "acl/mistake.hpp"

namespace acl {

/// What a certificate must say; all that is given must hold. Names are globs: `*` stands for
/// anything without a slash, `**` for anything.
struct CertificateMatch {
  std::optional<std::string> common_name = {};
  /// One subject alternative name, at least, fits: a URI, an IP address or a DNS name, as
  /// written_name() tells them apart.
  std::optional<std::string> san = {};
  std::optional<std::string> issuer = {};
  std::optional<std::string> key_sha256 = {};  ///< of the public key (SPKI): 64 hex digits
};

/// Which profile clients get that a listener shows to be so; all that is given must hold, and
/// nothing given means everybody.
struct ClientRule {
  std::optional<std::uint32_t> uid = {}, gid = {};
  std::optional<std::string> address = {};  ///< "192.0.2.1", "10.0.0.0/8"
  std::optional<CertificateMatch> certificate = {};
  std::string profile = {};
};

/// Finds what is wrong in one rule but for its profile. `where` is the rule's place.
void check(const ClientRule&, const std::string& where, std::vector<Mistake>&);

/// A client as its rules look at it: its address and names are read once for all of them.
struct Caller {
  explicit Caller(const Identity&);
  const Identity& identity;
  std::optional<IpAddress> address;
  std::vector<AlternativeName> names;  ///< of its certificate, as they are compared
};

/// A CertificateMatch, ready for use.
struct WantedCertificate {
  explicit WantedCertificate(CertificateMatch);
  CertificateMatch match;
  std::optional<AlternativeName> name;  ///< its `san`, as names are compared
};

/// The conditions of a rule, ready for use. A thousand of them may be looked at for one client, so
/// they are small, and most of them are told apart here by the user alone.
class ClientConditions {
 public:
  /// Of a rule that check() finds nothing wrong with.
  explicit ClientConditions(ClientRule);

  bool match(const Caller& caller) const { return may_match(caller) && has_shown(caller); }
  /// Whether they could match once the client has shown the right certificate.
  bool may_match(const Caller& caller) const { return is_user(caller) && is_from(caller); }
  bool match_everybody() const;
  /// Whether whoever matches `other` is sure to match these.
  bool cover(const ClientConditions& other) const;

 private:
  bool is_user(const Caller& caller) const {
    const auto& peer = caller.identity.unix_peer;
    return (!uid_ || (peer && peer->uid == *uid_)) && (!gid_ || (peer && peer->gid == *gid_));
  }
  bool is_from(const Caller&) const;
  /// The certificate that is wanted, if one is.
  bool has_shown(const Caller&) const;

  std::optional<std::uint32_t> uid_, gid_;
  std::optional<IpNetwork> network_;
  std::unique_ptr<const WantedCertificate> certificate_;  ///< null where none is asked for
};

}  // namespace acl
