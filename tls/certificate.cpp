// SPDX-License-Identifier: Apache-2.0
#include "tls/certificate.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "acl/text/ascii.hpp"
#include "acl/text/ip.hpp"
#include "tls/openssl.hpp"

namespace tls {
namespace {

/// Longer names are left out: no rule is written for them, and they would end up in log lines.
constexpr std::size_t most_name_bytes = 512;
/// The longest serial: 20 bytes (RFC 5280 section 4.1.2.2).
constexpr std::size_t most_serial_bytes = 32;

/// U+0080 to U+009F, which terminals interpret like the ASCII control characters.
bool has_upper_control(std::string_view utf8) {
  for (std::size_t at = 0; at + 1 < utf8.size(); ++at) {
    if (utf8[at] == '\xc2' && static_cast<unsigned char>(utf8[at + 1]) < 0xa0) return true;
  }
  return false;
}

bool is_clean(std::string_view name) {
  return name.size() <= most_name_bytes && std::ranges::none_of(name, acl::is_control) &&
         !has_upper_control(name);
}

/// The bytes of DNS names and URIs; with these only, names that look alike are equal.
bool is_visible_ascii(std::string_view name) {
  return !name.empty() && name.size() <= most_name_bytes &&
         std::ranges::all_of(name, acl::is_visible);
}

std::string hex(std::span<const unsigned char> bytes, const char* digits) {
  std::string text;
  for (const auto byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::span<const unsigned char> bytes_of(const ASN1_STRING* string) {
  return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

/// \returns false if the name is left out
bool add_text(const ASN1_STRING* string, std::vector<std::string>& names) {
  const auto bytes = bytes_of(string);
  std::string name(bytes.begin(), bytes.end());
  if (!is_visible_ascii(name)) return false;
  names.push_back(std::move(name));
  return true;
}

void add_ip(const ASN1_STRING* string, std::vector<std::string>& names) {
  if (auto text = acl::ip_text(bytes_of(string)); !text.empty()) names.push_back(std::move(text));
}

void add_alternative_names(const X509* x509, Certificate& certificate) {
  const openssl::GeneralNames names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr)));
  bool has_all_uris = true;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) add_text(name->d.dNSName, certificate.dns);
    if (name->type == GEN_URI)
      has_all_uris &= add_text(name->d.uniformResourceIdentifier, certificate.uri);
    if (name->type == GEN_EMAIL) add_text(name->d.rfc822Name, certificate.email);
    if (name->type == GEN_IPADD) add_ip(name->d.iPAddress, certificate.ip);
  }
  // A SPIFFE id beside another URI proves nothing, so the others' number must not be hidden.
  if (!has_all_uris) certificate.uri.clear();
  for (auto& name : certificate.dns) name = acl::lower_case(name);
}

std::string common_name_of(const X509* x509) {
  auto name = openssl::common_name_of(X509_get_subject_name(x509));
  return is_clean(name) ? name : std::string();
}

std::string key_digest_of(const X509* x509) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
  if (size <= 0) return {};
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(der, static_cast<std::size_t>(size), digest.data());
  OPENSSL_free(der);
  return hex(digest, "0123456789abcdef");
}

std::string serial_of(const X509* x509) {
  const auto* serial = X509_get0_serialNumber(x509);
  const auto bytes = bytes_of(serial);
  if (bytes.size() > most_serial_bytes) return {};
  const bool negative = ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER;
  return (negative ? "-" : "") + hex(bytes, "0123456789ABCDEF");
}

}  // namespace

std::vector<std::string> Certificate::names() const {
  auto all = dns;
  all.insert(all.end(), ip.begin(), ip.end());
  all.insert(all.end(), uri.begin(), uri.end());
  return all;
}

Certificate read_certificate(X509* x509) {
  Certificate certificate;
  certificate.common_name = common_name_of(x509);
  certificate.organizational_units =
      openssl::values_of(X509_get_subject_name(x509), NID_organizationalUnitName);
  std::erase_if(certificate.organizational_units, [](const auto& unit) { return !is_clean(unit); });
  add_alternative_names(x509, certificate);
  certificate.issuer = openssl::plain_text_of(X509_get_issuer_name(x509));
  certificate.key_sha256 = key_digest_of(x509);
  certificate.serial = serial_of(x509);
  certificate.not_before = openssl::time_of(X509_get0_notBefore(x509));
  certificate.not_after = openssl::time_of(X509_get0_notAfter(x509));
  return certificate;
}

}  // namespace tls
