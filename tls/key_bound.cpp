// SPDX-License-Identifier: Apache-2.0
#include "tls/key_bound.hpp"

#include <openssl/asn1.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "tls/openssl.hpp"

namespace tls {
namespace {

using Bytes = std::span<const unsigned char>;

/// Four authorities with RSA of 8192 bits above a client cost 1.5 ms.
constexpr std::size_t most_modulus_bytes = 8192 / 8;
/// That of 65537. With one that is as long as the modulus, verifying costs 6 ms.
constexpr std::size_t most_exponent_bytes = 3;

using Identifier = openssl::Owned<ASN1_OBJECT, ASN1_OBJECT_free>;

/// The tag of a certificate's version.
constexpr int version = V_ASN1_CONTEXT_SPECIFIC;

/// The algorithms besides RSA and ECDSA.
constexpr std::array edwards{NID_ED25519, NID_ED448};
/// Those that are too weak are cheap, and OpenSSL says that they are weak.
constexpr std::array curves{NID_X9_62_prime192v1, NID_secp224r1, NID_X9_62_prime256v1,
                            NID_secp384r1, NID_secp521r1};

constexpr bool is_in(const auto& all, int nid) {
  return std::ranges::find(all, nid) != all.end();
}

/// A value of DER: its contents, and whether it was there.
struct Value {
  Bytes contents;
  bool is_there = false;
};

/// Takes the next value of `rest` if it has this tag. A length without an end is not DER, although
/// OpenSSL would read it.
/// \param tag with the bits of its class: V_ASN1_SEQUENCE, version
Value take(Bytes& rest, int tag) {
  constexpr int endless_or_damaged = 0x81;
  const auto* at = rest.data();
  long size = 0;
  int number = 0, kind = 0;
  const int got = ASN1_get_object(&at, &size, &number, &kind, static_cast<long>(rest.size()));
  const bool is_constructed = (got & V_ASN1_CONSTRUCTED) != 0;
  if ((got & endless_or_damaged) != 0 || (number | kind) != tag ||
      is_constructed != (tag == V_ASN1_SEQUENCE || tag == version))
    return {};
  const auto contents =
      rest.subspan(static_cast<std::size_t>(at - rest.data()), static_cast<std::size_t>(size));
  rest = rest.subspan(static_cast<std::size_t>(contents.data() + contents.size() - rest.data()));
  return {contents, true};
}

/// Takes an object identifier. \returns NID_undef if there is none that OpenSSL knows
int take_identifier(Bytes& rest) {
  const auto* at = rest.data();
  const Identifier identifier(d2i_ASN1_OBJECT(nullptr, &at, static_cast<long>(rest.size())));
  if (identifier == nullptr) return NID_undef;
  rest = rest.subspan(static_cast<std::size_t>(at - rest.data()));
  return OBJ_obj2nid(identifier.get());
}

/// The contents of a SubjectPublicKeyInfo (RFC 5280 section 4.1).
struct Key {
  Bytes algorithm;  ///< its identifier and parameters
  Bytes bits;
};

/// \returns nothing if the certificate cannot be read
std::optional<Key> key_of(Bytes der) {
  auto certificate = take(der, V_ASN1_SEQUENCE).contents;
  auto rest = take(certificate, V_ASN1_SEQUENCE).contents;
  take(rest, version);
  // The serial number, the signature's algorithm, the issuer, the time, the subject.
  for (const int tag :
       {V_ASN1_INTEGER, V_ASN1_SEQUENCE, V_ASN1_SEQUENCE, V_ASN1_SEQUENCE, V_ASN1_SEQUENCE})
    if (!take(rest, tag).is_there) return std::nullopt;
  auto info = take(rest, V_ASN1_SEQUENCE).contents;
  const auto algorithm = take(info, V_ASN1_SEQUENCE), bits = take(info, V_ASN1_BIT_STRING);
  if (!algorithm.is_there || !bits.is_there) return std::nullopt;
  return Key{algorithm.contents, bits.contents};
}

/// Returns whether the modulus and the exponent are short enough.
bool is_bounded_rsa(Bytes bits) {
  if (bits.empty()) return false;
  auto key = bits.subspan(1);  // behind the number of unused bits
  auto numbers = take(key, V_ASN1_SEQUENCE).contents;
  const auto modulus = take(numbers, V_ASN1_INTEGER), exponent = take(numbers, V_ASN1_INTEGER);
  const bool has_sign_byte = !modulus.contents.empty() && modulus.contents.front() == 0;
  return modulus.is_there && exponent.is_there &&
         modulus.contents.size() <= most_modulus_bytes + (has_sign_byte ? 1 : 0) &&
         exponent.contents.size() <= most_exponent_bytes;
}

/// A curve that is written out as numbers is one of the peer's own. OpenSSL computes a square root
/// while it reads such a key, and takes 0.1 s for some primes.
bool is_good(const Key& key) {
  auto parameters = key.algorithm;
  const int algorithm = take_identifier(parameters);
  if (algorithm == NID_rsaEncryption || algorithm == NID_rsassaPss) return is_bounded_rsa(key.bits);
  if (algorithm == NID_X9_62_id_ecPublicKey) return is_in(curves, take_identifier(parameters));
  return is_in(edwards, algorithm);
}

}  // namespace

std::optional<std::string> flaw_of_key(Bytes der) {
  const auto key = key_of(der);
  const bool good = key && is_good(*key);
  ERR_clear_error();
  if (good) return std::nullopt;
  if (!key) return "cannot be read";
  return "has a key that tidegate does not accept: make one with RSA of 2048 to 8192 bits and the "
         "exponent 65537, P-256, P-384, P-521, Ed25519 or Ed448";
}

std::optional<std::string> flaw_of_key(const X509* cert) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(cert, &der);
  if (size <= 0) return "cannot be read";
  auto flaw = flaw_of_key(Bytes(der, static_cast<std::size_t>(size)));
  OPENSSL_free(der);
  return flaw;
}

}  // namespace tls
