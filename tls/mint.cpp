// SPDX-License-Identifier: Apache-2.0
#include "tls/mint.hpp"

#include <openssl/ec.h>

#include <algorithm>

#include "acl/text/ip.hpp"

namespace tls {
namespace {

constexpr int serial_bits = 128;  // random; RFC 5280 requires unique serials of at most 20 bytes

/// Uses all bytes of the name; a2i_GENERAL_NAME() would stop at a NUL.
openssl::GeneralName general_name(const std::string& name) {
  openssl::GeneralName general(GENERAL_NAME_new());
  if (general == nullptr) return nullptr;
  const auto address = acl::ip_bytes(name);
  const bool is_ip = address.size != 0;
  auto* text = is_ip ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
  if (text == nullptr) return nullptr;
  const int other = name.find("://") == std::string::npos ? GEN_DNS : GEN_URI;
  GENERAL_NAME_set0_value(general.get(), is_ip ? GEN_IPADD : other, text);
  const int set = is_ip ? ASN1_STRING_set(text, address.room.data(), static_cast<int>(address.size))
                        : ASN1_STRING_set(text, name.data(), static_cast<int>(name.size()));
  return set == 1 ? std::move(general) : nullptr;
}

bool add_names(X509* cert, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  const openssl::GeneralNames list(GENERAL_NAMES_new());
  for (const auto& name : names) {
    auto general = general_name(name);
    if (general == nullptr || sk_GENERAL_NAME_push(list.get(), general.get()) == 0) return false;
    static_cast<void>(general.release());
  }
  return X509_add1_ext_i2d(cert, NID_subject_alt_name, list.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

/// \param value in the syntax of openssl's x509v3_config(5); never text from a user
openssl::Extension extension(X509* issuer, X509* cert, X509_CRL* list, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, cert, nullptr, list, 0);
  return openssl::Extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
}

bool add_purpose(X509* cert, X509* issuer, Purpose purpose) {
  const auto add = [&](int nid, const char* value) {
    const auto added = extension(issuer, cert, nullptr, nid, value);
    return added != nullptr && X509_add_ext(cert, added.get(), -1) == 1;
  };
  if (!add(NID_subject_key_identifier, "hash")) return false;
  if (purpose == Purpose::authority) {
    return add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add(NID_key_usage, "critical,keyCertSign,cRLSign");
  }
  return add(NID_authority_key_identifier, "keyid:always") &&
         add(NID_basic_constraints, "critical,CA:FALSE") &&
         add(NID_key_usage, "critical,digitalSignature") &&
         add(NID_ext_key_usage, purpose == Purpose::server ? "serverAuth" : "clientAuth");
}

bool set_serial(X509* cert) {
  const openssl::Number number(BN_new());
  return number != nullptr &&
         BN_rand(number.get(), serial_bits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(cert)) != nullptr;
}

bool set_subject(X509* cert, const std::string& common_name) {
  if (common_name.empty()) return true;
  const auto* bytes = reinterpret_cast<const unsigned char*>(common_name.data());
  return X509_NAME_add_entry_by_NID(X509_get_subject_name(cert), NID_commonName, MBSTRING_UTF8,
                                    bytes, static_cast<int>(common_name.size()), -1, 0) == 1;
}

openssl::Time time(TimePoint when) {
  return openssl::Time(ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(when)));
}

bool fill(X509* cert, const Blank& blank, X509* issuer, EVP_PKEY* key) {
  return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
         set_subject(cert, blank.common_name) &&
         X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
         X509_set1_notBefore(cert, time(blank.not_before).get()) == 1 &&
         X509_set1_notAfter(cert, time(blank.not_after).get()) == 1 &&
         X509_set_pubkey(cert, key) == 1 && add_purpose(cert, issuer, blank.purpose) &&
         add_names(cert, blank.names);
}

/// \param signer may be of `cert` itself
bool make(X509* cert, const Blank& blank, const Minted& signer, EVP_PKEY* key) {
  return fill(cert, blank, signer.cert.get(), key) &&
         X509_sign(cert, signer.key.get(), EVP_sha256()) > 0;
}

bool has_serial(const X509_CRL* list, const ASN1_INTEGER* serial) {
  X509_REVOKED* present = nullptr;
  return X509_CRL_get0_by_serial(const_cast<X509_CRL*>(list), &present,
                                 const_cast<ASN1_INTEGER*>(serial)) == 1;
}

/// Copies the entries that `except` does not have.
bool copy_entries(const X509_CRL* from, X509_CRL* into, const X509_CRL* except = nullptr) {
  // OpenSSL's functions only read, apart from a lock inside their arguments.
  const auto* entries = X509_CRL_get_REVOKED(const_cast<X509_CRL*>(from));
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    const auto* entry = sk_X509_REVOKED_value(entries, i);
    if (except != nullptr && has_serial(except, X509_REVOKED_get0_serialNumber(entry))) continue;
    openssl::Revoked copy(X509_REVOKED_dup(entry));
    if (copy == nullptr || X509_CRL_add0_revoked(into, copy.get()) != 1) return false;
    static_cast<void>(copy.release());
  }
  return true;
}

bool add_entry(X509_CRL* list, const X509* cert, ASN1_TIME* when) {
  openssl::Revoked entry(X509_REVOKED_new());
  // Copies the serial into OpenSSL's object.
  auto* serial = const_cast<ASN1_INTEGER*>(X509_get0_serialNumber(cert));
  if (has_serial(list, serial)) return true;
  const bool added = entry != nullptr && X509_REVOKED_set_serialNumber(entry.get(), serial) == 1 &&
                     X509_REVOKED_set_revocationDate(entry.get(), when) == 1 &&
                     X509_CRL_add0_revoked(list, entry.get()) == 1;
  if (added) static_cast<void>(entry.release());
  return added;
}

/// \returns null if OpenSSL fails; 0 if there is no list or it has no number
openssl::Number number_of(const X509_CRL* list) {
  const openssl::Integer number(list == nullptr ? nullptr
                                                : static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(
                                                      list, NID_crl_number, nullptr, nullptr)));
  return openssl::Number(number == nullptr ? BN_new() : ASN1_INTEGER_to_BN(number.get(), nullptr));
}

bool set_number(X509_CRL* list, const BIGNUM* number) {
  const openssl::Integer next(BN_to_ASN1_INTEGER(number, nullptr));
  return next != nullptr &&
         X509_CRL_add1_ext_i2d(list, NID_crl_number, next.get(), 0, X509V3_ADD_REPLACE) == 1;
}

/// One more than the earlier list's: readers may take the higher as newer (RFC 5280, 5.2.3).
bool add_number(X509_CRL* list, const X509_CRL* earlier) {
  const auto number = number_of(earlier);
  return number != nullptr && BN_add_word(number.get(), 1) == 1 && set_number(list, number.get());
}

bool add_issuer_key(X509_CRL* list, X509* issuer) {
  const auto added = extension(issuer, nullptr, list, NID_authority_key_identifier, "keyid:always");
  return added != nullptr && X509_CRL_add_ext(list, added.get(), -1) == 1;
}

}  // namespace

openssl::Key new_key() {
  return openssl::Key(EVP_EC_gen("P-256"));
}

Minted mint(const Blank& blank, const Minted* issuer, openssl::Key key) {
  Minted minted{openssl::Cert(X509_new()), key == nullptr ? new_key() : std::move(key)};
  if (minted.cert == nullptr || minted.key == nullptr) return {};
  const auto& signer = issuer == nullptr ? minted : *issuer;
  const bool made = make(minted.cert.get(), blank, signer, minted.key.get());
  return made ? std::move(minted) : Minted{};
}

openssl::Cert certify(const Blank& blank, const Minted& issuer, EVP_PKEY* key) {
  openssl::Cert cert(X509_new());
  return cert != nullptr && make(cert.get(), blank, issuer, key) ? std::move(cert) : nullptr;
}

openssl::Crl mint_list(const Minted& issuer, const X509_CRL* earlier,
                       const std::vector<const X509*>& revoked, TimePoint not_before,
                       TimePoint not_after) {
  openssl::Crl list(X509_CRL_new());
  if (list == nullptr) return nullptr;
  const auto since = time(not_before);
  const auto add = [&](const X509* cert) { return add_entry(list.get(), cert, since.get()); };
  const bool made =
      X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) == 1 &&
      X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.cert.get())) == 1 &&
      X509_CRL_set1_lastUpdate(list.get(), since.get()) == 1 &&
      X509_CRL_set1_nextUpdate(list.get(), time(not_after).get()) == 1 &&
      (earlier == nullptr || copy_entries(earlier, list.get())) &&
      std::ranges::all_of(revoked, add) && X509_CRL_sort(list.get()) == 1 &&
      add_number(list.get(), earlier) && add_issuer_key(list.get(), issuer.cert.get()) &&
      X509_CRL_sign(list.get(), issuer.key.get(), EVP_sha256()) > 0;
  return made ? std::move(list) : nullptr;
}

bool add_entries(const X509_CRL* other, X509_CRL* list) {
  const auto theirs = number_of(other), ours = number_of(list);
  if (theirs == nullptr || ours == nullptr) return false;
  const openssl::Crl before(X509_CRL_dup(list));
  if (before == nullptr || !copy_entries(other, list, before.get())) return false;
  return BN_cmp(theirs.get(), ours.get()) <= 0 || set_number(list, theirs.get());
}

}  // namespace tls
