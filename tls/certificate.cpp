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

std::string visible(const ASN1_STRING* string) {
  const auto bytes = bytes_of(string);
  std::string name(bytes.begin(), bytes.end());
  return is_visible_ascii(name) ? name : std::string();
}

/// \returns nothing for a name of another type, and for one that cannot be shown
std::string text_of(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS: return acl::lower_case(visible(name.d.dNSName));
    case GEN_URI: return visible(name.d.uniformResourceIdentifier);
    case GEN_EMAIL: return visible(name.d.rfc822Name);
    case GEN_IPADD: return acl::ip_text(bytes_of(name.d.iPAddress));
    default: return {};
  }
}

/// Calls `use(type, text)` for each alternative name; without text for one that cannot be shown.
template <class Use>
void for_each_name(const X509* x509, Use use) {
  const openssl::GeneralNames names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    use(name->type, text_of(*name));
  }
}

std::vector<std::string>& names_of(int type, Certificate& certificate) {
  switch (type) {
    case GEN_DNS: return certificate.dns;
    case GEN_URI: return certificate.uri;
    case GEN_EMAIL: return certificate.email;
    default: return certificate.ip;
  }
}

void add_alternative_names(const X509* x509, Certificate& certificate) {
  bool has_all_uris = true;
  for_each_name(x509, [&](int type, std::string text) {
    if (type == GEN_URI && text.empty()) has_all_uris = false;
    if (!text.empty()) names_of(type, certificate).push_back(std::move(text));
  });
  // A SPIFFE id beside another URI proves nothing, so the others' number must not be hidden.
  if (!has_all_uris) certificate.uri.clear();
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

std::vector<std::string> alternative_names(const X509* x509) {
  std::vector<std::string> names;
  for_each_name(x509, [&](int type, std::string text) {
    if (!text.empty() && type != GEN_EMAIL) names.push_back(std::move(text));
  });
  return names;
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
