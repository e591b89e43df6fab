// SPDX-License-Identifier: Apache-2.0
#include "tls/pkcs12.hpp"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>

#include "tls/authority.hpp"
#include "tls/authority_state.hpp"
#include "tls/name.hpp"
#include "tls/pem.hpp"

namespace tls {
namespace {

/// Makes each guess of a password cost some 30 ms. Java allows 5,000,000.
constexpr int iterations = 100'000;
constexpr int encryption = NID_aes_256_cbc;
/// With this attribute a certificate is a trusted entry for Java, and it ignores others that have
/// no key (sun.security.pkcs12.PKCS12KeyStore, TrustedKeyUsage).
constexpr const char* java_trusts = "2.16.840.1.113894.746875.1.1";

void free_bags(STACK_OF(PKCS12_SAFEBAG) * bags) {
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}
void free_safes(STACK_OF(PKCS7) * safes) {
  sk_PKCS7_pop_free(safes, PKCS7_free);
}

using Bags = openssl::Owned<STACK_OF(PKCS12_SAFEBAG), free_bags>;
using Safes = openssl::Owned<STACK_OF(PKCS7), free_safes>;
using File = openssl::Owned<PKCS12, PKCS12_free>;

Bags no_bags() {
  return Bags(sk_PKCS12_SAFEBAG_new_null());
}

bool set_name(PKCS12_SAFEBAG* bag, const std::string& name) {
  return PKCS12_add_friendlyname_utf8(bag, name.c_str(), -1) == 1;
}

/// Ties a certificate and its key together.
bool set_id(PKCS12_SAFEBAG* bag, const X509* cert) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> id{};
  unsigned size = 0;
  return X509_digest(cert, EVP_sha256(), id.data(), &size) == 1 &&
         PKCS12_add_localkeyid(bag, id.data(), static_cast<int>(size)) == 1;
}

bool add_authority(STACK_OF(PKCS12_SAFEBAG) * bags, X509* authority) {
  auto* bag = PKCS12_add_cert(&bags, authority);
  const auto* any_purpose = OBJ_nid2obj(NID_anyExtendedKeyUsage);
  return bag != nullptr &&
         set_name(bag, openssl::common_name_of(X509_get_subject_name(authority))) &&
         PKCS12_add1_attr_by_txt(bag, java_trusts, V_ASN1_OBJECT,
                                 reinterpret_cast<const unsigned char*>(any_purpose), -1) == 1;
}

Bags certificates_of(const Keystore& from) {
  auto bags = no_bags();
  auto* all = bags.get();
  auto* bag = all == nullptr ? nullptr : PKCS12_add_cert(&all, from.cert.get());
  const auto add = [all](const openssl::Cert& one) { return add_authority(all, one.get()); };
  const bool added = bag != nullptr && set_name(bag, from.name) && set_id(bag, from.cert.get()) &&
                     std::ranges::all_of(from.authorities, add);
  return added ? std::move(bags) : nullptr;
}

Bags key_of(const Keystore& from, const std::string& password) {
  auto bags = no_bags();
  auto* all = bags.get();
  auto* bag = all == nullptr ? nullptr
                             : PKCS12_add_key(&all, from.key.get(), 0, iterations, encryption,
                                              password.c_str());
  const bool added = bag != nullptr && set_name(bag, from.name) && set_id(bag, from.cert.get());
  return added ? std::move(bags) : nullptr;
}

File file_of(const Keystore& from, const std::string& password) {
  const auto certificates = certificates_of(from), key = key_of(from, password);
  const Safes safes(sk_PKCS7_new_null());
  auto* all = safes.get();
  const bool added =
      all != nullptr && certificates != nullptr && key != nullptr &&
      PKCS12_add_safe(&all, certificates.get(), encryption, iterations, password.c_str()) == 1 &&
      PKCS12_add_safe(&all, key.get(), -1, 0, nullptr) == 1;
  File file(added ? PKCS12_add_safes(all, 0) : nullptr);
  const bool closed = file != nullptr && PKCS12_set_mac(file.get(), password.c_str(), -1, nullptr,
                                                        0, iterations, EVP_sha256()) == 1;
  return closed ? std::move(file) : nullptr;
}

/// The client's files as they are now.
Result<Keystore> read_keystore(const Authority::State& state, const std::string& name) {
  const auto folder = state.file("clients/" + name);
  auto cert = read_one_certificate(folder + "/cert.pem");
  if (!cert) return cert.error();
  std::error_code ignored;
  if (!std::filesystem::exists(folder + "/key.pem", ignored)) {
    return Error{folder + "/key.pem is not there. Where the client has its key, run `openssl " +
                 "pkcs12 -export -inkey KEY -in cert.pem -certfile ca.pem -out FILE`"};
  }
  auto key = read_key(folder + "/key.pem");
  if (!key) return key.error();
  auto authorities = read_certificates(folder + "/ca.pem");
  if (!authorities) return authorities.error();
  if (X509_check_private_key(cert->get(), key->get()) != 1)
    return Error{folder +
                 "/key.pem is not the key of cert.pem beside it: revoke the client, and "
                 "issue a new certificate"};
  return Keystore{name, std::move(*key), std::move(*cert), std::move(*authorities)};
}

}  // namespace

Result<std::string> pkcs12_of(const Keystore& from, const std::string& password) {
  ERR_clear_error();
  const auto file = file_of(from, password);
  const openssl::Bio bio(BIO_new(BIO_s_secmem()));
  if (file == nullptr || bio == nullptr || i2d_PKCS12_bio(bio.get(), file.get()) != 1)
    return openssl_problem("cannot make a PKCS#12 file for " + from.name);
  return openssl::text_of(bio.get());
}

Result<Entry> Authority::export_client(const std::string& name, const std::string& password,
                                       const std::string& path) const {
  if (auto flaw = flaw_of_client_name(name); !flaw.empty()) return Error{std::move(flaw)};
  if (auto flaw = flaw_of_password(password); !flaw.empty()) return Error{std::move(flaw)};
  const auto store = read_keystore(*state_, name);
  if (!store) return store.error();
  const auto lists = read_lists(*state_);
  if (!lists) return lists.error();
  const Entry entry{.file = path,
                    .certificate = read_certificate(store->cert.get()),
                    .names = alternative_names(store->cert.get())};
  if (revocation_of(*lists, store->cert.get()) != Revocation::none ||
      entry.certificate.not_after < std::chrono::system_clock::now()) {
    return Error{"'" + name +
                 "' has no certificate that is valid: issue one with `tidegate certs " + "client " +
                 name + "`"};
  }
  const auto contents = pkcs12_of(*store, password);
  if (!contents) return contents.error();
  if (auto trouble = write_new(path, *contents, secret_file)) return *trouble;
  return entry;
}

}  // namespace tls
