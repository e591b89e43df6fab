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

/// Conditions on a certificate; all of them must hold. Each lists values of which one must match;
/// an empty one asks for nothing. Names are globs: `**` stands for anything, and `*` for anything
/// without a slash, in host names without a dot and in e-mail addresses without an `@`.
struct CertificateMatch {
  using AnyOf = std::vector<std::string>;
  AnyOf common_name = {};
  AnyOf organizational_unit = {};  ///< at least one unit of the subject must match
  /// At least one subject alternative name must match. See written_name() for its kinds.
  AnyOf san = {};
  AnyOf email = {};  ///< the same for those that are e-mail addresses
  AnyOf issuer = {};
  AnyOf key_sha256 = {};  ///< SHA-256 of the public key (SPKI): 64 hex digits
};

/// Gives a profile to the clients that meet all its conditions; without conditions, to everybody.
struct ClientRule {
  std::optional<std::uint32_t> uid = {}, gid = {};
  std::optional<std::string> address = {};  ///< "192.0.2.1", "10.0.0.0/8"
  std::optional<CertificateMatch> certificate = {};
  std::string profile = {};
};

/// Reports what is wrong in one rule, except its profile. `where` is the rule's place.
void check(const ClientRule&, const std::string& where, std::vector<Mistake>&);

/// Tells what the rule no longer matches although it did in 0.1.
void tell_changes(const ClientRule&, const std::string& where, std::vector<Mistake>&);

/// A client prepared for matching: its address and names are read once for all rules.
struct Caller {
  explicit Caller(const Identity&);
  const Identity& identity;
  std::optional<IpAddress> address;
  std::vector<AlternativeName> names;  ///< names in its certificate, in comparable spelling
};

/// A CertificateMatch, ready for use.
struct WantedCertificate {
  explicit WantedCertificate(CertificateMatch);
  CertificateMatch match;
  /// The `san` and `email` conditions in comparable spelling.
  std::vector<AlternativeName> names, emails;
};

/// A rule's conditions, ready for use. A thousand may be tried for one client, so they are small,
/// and the user alone rules out most of them.
class ClientConditions {
 public:
  /// Takes a rule in which check() finds no mistake.
  explicit ClientConditions(ClientRule);

  bool match(const Caller& caller) const { return may_match(caller) && has_shown(caller); }
  /// Returns whether the conditions could match once the client has shown the right certificate.
  bool may_match(const Caller& caller) const { return is_user(caller) && is_from(caller); }
  bool match_everybody() const;
  /// Returns whether every client that matches `other` matches these too.
  bool cover(const ClientConditions& other) const;

 private:
  bool is_user(const Caller& caller) const {
    const auto& peer = caller.identity.unix_peer;
    return (!uid_ || (peer && peer->uid == *uid_)) && (!gid_ || (peer && peer->gid == *gid_));
  }
  bool is_from(const Caller&) const;
  /// The certificate that is required, if any.
  bool has_shown(const Caller&) const;

  std::optional<std::uint32_t> uid_, gid_;
  std::optional<IpNetwork> network_;
  std::unique_ptr<const WantedCertificate> certificate_;  ///< null: no certificate is required
};

}  // namespace acl
