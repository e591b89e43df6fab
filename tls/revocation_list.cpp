// SPDX-License-Identifier: Apache-2.0
#include "tls/revocation_list.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <utility>

namespace tls {
namespace {

using IssuingPoint = openssl::Owned<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free>;
using AuthorityKey = openssl::Owned<AUTHORITY_KEYID, AUTHORITY_KEYID_free>;
using Points = openssl::Owned<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;

/// A list's extension, as OpenSSL has read it.
struct ListExtension {
  void* value = nullptr;
  bool is_damaged = false;  ///< it is there, and cannot be read or is there twice
};

ListExtension find(const X509_CRL* list, int nid) {
  constexpr int absent = -1;
  int critical = 0;
  auto* value = X509_CRL_get_ext_d2i(list, nid, &critical, nullptr);
  return {value, value == nullptr && critical != absent};
}

bool is_known_of_list(int nid) {
  return nid == NID_issuing_distribution_point || nid == NID_authority_key_identifier ||
         nid == NID_crl_number;
}

std::string unknown(X509_EXTENSION* extension) {
  std::string name(80, '\0');
  const int size = OBJ_obj2txt(name.data(), static_cast<int>(name.size()),
                               X509_EXTENSION_get_object(extension), 0);
  name.resize(static_cast<std::size_t>(std::clamp(size, 0, static_cast<int>(name.size()) - 1)));
  return "has a critical extension that tidegate does not know (" + name + ")";
}

/// What is wrong with the list as a whole, besides its scope.
Trouble flaw_of(const X509_CRL* list) {
  if (X509_CRL_get_ext_by_NID(list, NID_delta_crl, -1) >= 0)
    return Error{"is a delta list, which has only what has changed: name the complete list"};
  if (X509_CRL_get0_nextUpdate(list) == nullptr)
    return Error{"has no nextUpdate, so its end is unknown: issue it with one"};
  for (int i = 0; i < X509_CRL_get_ext_count(list); ++i) {
    auto* extension = X509_CRL_get_ext(list, i);
    if (X509_EXTENSION_get_critical(extension) == 1 &&
        !is_known_of_list(OBJ_obj2nid(X509_EXTENSION_get_object(extension))))
      return Error{unknown(extension)};
  }
  return std::nullopt;
}

constexpr const char* indirect =
    "is an indirect list, which has certificates of other authorities too: name the list that "
    "each authority signs itself";

Trouble flaw_of(const X509_REVOKED* entry) {
  for (int i = 0; i < X509_REVOKED_get_ext_count(entry); ++i) {
    auto* extension = X509_REVOKED_get_ext(entry, i);
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (nid == NID_certificate_issuer) return Error{indirect};
    if (X509_EXTENSION_get_critical(extension) == 1 && nid != NID_crl_reason)
      return Error{unknown(extension)};
  }
  return std::nullopt;
}

Trouble add_entries(X509_CRL* list, Serials& serials) {
  const auto* entries = X509_CRL_get_REVOKED(list);
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    const auto* entry = sk_X509_REVOKED_value(entries, i);
    if (auto flaw = flaw_of(entry)) return flaw;
    if (!serials.add(X509_REVOKED_get0_serialNumber(entry)))
      return Error{"has a serial number that is longer than any certificate's"};
  }
  serials.sort();
  return std::nullopt;
}

/// What an issuingDistributionPoint says that tidegate cannot serve; empty if nothing.
const char* flaw_of(const ISSUING_DIST_POINT& point) {
  if (point.indirectCRL > 0) return indirect;
  if (point.onlysomereasons != nullptr)
    return "has some reasons of revocation only (onlySomeReasons): name a list with all of them";
  if (point.onlyattr > 0) return "is for attribute certificates, which no client shows";
  if (point.onlyuser > 0 && point.onlyCA > 0)
    return "is at once for users only and for authorities only";
  if (point.distpoint != nullptr && point.distpoint->type != 0)
    return "names its distribution point relative to its issuer: name a list with a whole name";
  return nullptr;
}

bool have_one_in_common(const GENERAL_NAMES* a, const GENERAL_NAMES* b) {
  for (int i = 0; i < sk_GENERAL_NAME_num(a); ++i)
    for (int j = 0; j < sk_GENERAL_NAME_num(b); ++j)
      if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(a, i), sk_GENERAL_NAME_value(b, j)) == 0)
        return true;
  return false;
}

/// Returns whether the certificate says that its revocation is told at one of these points.
bool is_told_at(const X509* cert, const GENERAL_NAMES* points) {
  const Points named(static_cast<CRL_DIST_POINTS*>(
      X509_get_ext_d2i(cert, NID_crl_distribution_points, nullptr, nullptr)));
  for (int i = 0; i < sk_DIST_POINT_num(named.get()); ++i) {
    const auto* each = sk_DIST_POINT_value(named.get(), i);
    const bool is_whole = each->CRLissuer == nullptr && each->reasons == nullptr;
    if (is_whole && each->distpoint != nullptr && each->distpoint->type == 0 &&
        have_one_in_common(each->distpoint->name.fullname, points))
      return true;
  }
  return false;
}

bool may_sign_lists(X509* authority) {
  return (X509_get_key_usage(authority) & KU_CRL_SIGN) != 0;  // all bits are set without keyUsage
}

/// Returns whether the list names another key than this authority's.
bool names_another_key(const X509_CRL* list, X509* authority) {
  const AuthorityKey named(
      static_cast<AUTHORITY_KEYID*>(find(list, NID_authority_key_identifier).value));
  return named != nullptr && X509_check_akid(authority, named.get()) != X509_V_OK;
}

}  // namespace

Result<std::unique_ptr<RevocationList>> RevocationList::from(openssl::Crl read) {
  auto list = std::make_unique<RevocationList>();
  if (auto flaw = list->take(std::move(read))) return *std::move(flaw);
  return list;
}

Trouble RevocationList::take(openssl::Crl list) {
  if (auto flaw = flaw_of(list.get())) return flaw;
  auto scope = scope_of(list.get());
  if (!scope) return scope.error();
  scope_ = std::move(*scope);
  const auto number = find(list.get(), NID_crl_number);
  if (number.is_damaged) return Error{"has a cRLNumber that cannot be read"};
  number_.reset(static_cast<ASN1_INTEGER*>(number.value));
  issuer_.reset(X509_NAME_dup(X509_CRL_get_issuer(list.get())));
  if (issuer_ == nullptr) return Error{openssl::last_error()};
  since = openssl::time_of(X509_CRL_get0_lastUpdate(list.get()));
  until = openssl::time_of(X509_CRL_get0_nextUpdate(list.get()));
  if (auto flaw = add_entries(list.get(), serials_)) return flaw;
  unverified_ = std::move(list);
  return std::nullopt;
}

Result<RevocationList::Scope> RevocationList::scope_of(const X509_CRL* list) {
  const auto found = find(list, NID_issuing_distribution_point);
  if (found.is_damaged) return Error{"has an issuingDistributionPoint that cannot be read"};
  const IssuingPoint point(static_cast<ISSUING_DIST_POINT*>(found.value));
  Scope scope;
  if (point == nullptr) return scope;
  if (const auto* flaw = flaw_of(*point)) return Error{flaw};
  scope.users = point->onlyCA <= 0;
  scope.authorities = point->onlyuser <= 0;
  if (point->distpoint != nullptr)
    scope.points.reset(std::exchange(point->distpoint->name.fullname, nullptr));
  auto* bytes = X509_EXTENSION_get_data(
      X509_CRL_get_ext(list, X509_CRL_get_ext_by_NID(list, NID_issuing_distribution_point, -1)));
  scope.written.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(bytes)),
                       static_cast<std::size_t>(ASN1_STRING_length(bytes)));
  return scope;
}

bool RevocationList::is_signed_by(X509* authority) const {
  if (X509_NAME_cmp(issuer_.get(), X509_get_subject_name(authority)) != 0 ||
      !may_sign_lists(authority))
    return false;
  auto* key = X509_get0_pubkey(authority);
  const std::scoped_lock lock(signing_);
  if (signer_ != nullptr) return EVP_PKEY_eq(signer_.get(), key) == 1;
  if (key == nullptr || is_of_another(key)) return false;
  const bool is_signed = !names_another_key(unverified_.get(), authority) &&
                         X509_CRL_verify(unverified_.get(), key) == 1;
  ERR_clear_error();
  if (EVP_PKEY_up_ref(key) != 1) return false;
  openssl::Key kept(key);
  if (!is_signed) {
    if (others_.size() < most_others) others_.push_back(std::move(kept));
    return false;
  }
  signer_ = std::move(kept);
  others_.clear();
  unverified_.reset();
  return true;
}

/// Whether it has been found that this key has not signed the list.
bool RevocationList::is_of_another(const EVP_PKEY* key) const {
  return std::ranges::any_of(
      others_, [key](const auto& other) { return EVP_PKEY_eq(other.get(), key) == 1; });
}

bool RevocationList::awaits(const X509* authority) const {
  const std::scoped_lock lock(signing_);
  return unverified_ != nullptr &&
         X509_NAME_cmp(issuer_.get(), X509_get_subject_name(authority)) == 0 &&
         !is_of_another(X509_get0_pubkey(authority));
}

bool RevocationList::covers(X509* cert) const {
  const bool is_authority = (X509_get_extension_flags(cert) & EXFLAG_CA) != 0;
  return (is_authority ? scope_.authorities : scope_.users) &&
         (scope_.points == nullptr || is_told_at(cert, scope_.points.get()));
}

bool RevocationList::holds(const X509* cert) const {
  return serials_.holds(X509_get0_serialNumber(cert));
}

bool RevocationList::replaces(const RevocationList& other) const {
  if (scope_.written != other.scope_.written) return false;
  if ((number_ == nullptr) != (other.number_ == nullptr)) return number_ != nullptr;
  const int order = number_ == nullptr ? 0 : ASN1_INTEGER_cmp(number_.get(), other.number_.get());
  return order > 0 || (order == 0 && since > other.since);
}

std::string RevocationList::number() const {
  if (number_ == nullptr) return {};
  const openssl::Number number(ASN1_INTEGER_to_BN(number_.get(), nullptr));
  const openssl::Owned<char, [](char* text) { OPENSSL_free(text); }> text(BN_bn2dec(number.get()));
  return text == nullptr ? std::string() : std::string(text.get());
}

}  // namespace tls
