// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tls/openssl.hpp"
#include "tls/result.hpp"
#include "tls/serials.hpp"

/// Private to the room.
namespace tls {

/// A revocation list, reduced to what a handshake asks of it. OpenSSL would hash the whole list
/// again in each handshake, and sort it in the first one.
class RevocationList {
 public:
  using Time = std::chrono::system_clock::time_point;

  /// \returns the list, or the end of a sentence that says why it cannot be used: "is a delta list"
  static Result<std::unique_ptr<RevocationList>> from(openssl::Crl);

  /// Returns whether this authority has signed the list, and may do so. The first call for a key
  /// costs a signature over the whole list, the others a comparison of keys.
  bool is_signed_by(X509* authority) const;
  /// Returns whether the list waits for an authority of this name, to find out who has signed it.
  bool awaits(const X509* authority) const;
  /// Returns whether certificates such as this one would be in the list, were they revoked.
  bool covers(X509*) const;
  bool holds(const X509*) const;
  bool is_valid_at(Time time) const { return since <= time && time < until; }
  /// Returns whether this is a later list than `other` of the same certificates. Both must be
  /// signed by one authority.
  bool replaces(const RevocationList& other) const;

  const X509_NAME* issuer() const { return issuer_.get(); }
  std::string number() const;  ///< in decimal; empty if the list has none

  Time since, until;

 private:
  using Name = openssl::Owned<X509_NAME, X509_NAME_free>;

  /// The certificates that a list is for, by its issuingDistributionPoint.
  struct Scope {
    bool users = true, authorities = true;
    openssl::GeneralNames points;  ///< null: of every distribution point
    std::string written;           ///< the extension's bytes; equal for lists of one scope
  };
  static Result<Scope> scope_of(const X509_CRL*);
  Trouble take(openssl::Crl);
  bool is_of_another(const EVP_PKEY*) const;

  /// Authorities of one name whose keys are remembered: enough for one that changes its key.
  static constexpr std::size_t most_others = 8;

  Name issuer_;
  openssl::Integer number_;
  Scope scope_;
  Serials serials_;
  mutable std::mutex signing_;
  mutable openssl::Key signer_;      ///< null until an authority is known to have signed the list
  mutable openssl::Crl unverified_;  ///< null as soon as one is
  mutable std::vector<openssl::Key> others_;  ///< of its issuer's name; they have not signed it
};

}  // namespace tls
