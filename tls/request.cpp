// SPDX-License-Identifier: Apache-2.0
#include "tls/request.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "tls/pem.hpp"

namespace tls {
namespace {

constexpr int least_rsa_bits = 2048;

/// Curves that TLS 1.3 has signatures for (RFC 8446 section 4.2.3). One that is written out as
/// numbers is none of them, even if the numbers are the same (RFC 5480 section 2.1.1).
bool is_on_good_curve(EVP_PKEY* key) {
  static constexpr std::array<std::string_view, 3> good{"prime256v1", "secp384r1", "secp521r1"};
  std::array<char, 64> curve{};
  int written_out = 0;
  EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &written_out);
  return written_out == 0 &&
         EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr) == 1 &&
         std::ranges::find(good, std::string_view(curve.data())) != good.end();
}

/// Whether a listener accepts a client with this key.
bool is_good(EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return EVP_PKEY_get_bits(key) >= least_rsa_bits;
    case EVP_PKEY_EC: return is_on_good_curve(key);
    case EVP_PKEY_ED25519: return true;
    default: return false;
  }
}

}  // namespace

Result<openssl::Key> key_of_request(const std::string& path, const std::string& name) {
  const auto request = read_signing_request(path);
  if (!request) return request.error();
  openssl::Key key(X509_REQ_get_pubkey(request->get()));
  if (key == nullptr || !is_good(key.get())) {
    ERR_clear_error();
    return Error{path +
                 " has a key that listeners do not accept: make one with RSA of 2048 bits or more, "
                 "P-256, P-384, P-521 or Ed25519"};
  }
  if (X509_REQ_verify(request->get(), key.get()) != 1) {
    return Error{path + " is not signed with its own key, so its sender may not have that key: " +
                 openssl::last_error()};
  }
  const auto asked = openssl::common_name_of(X509_REQ_get_subject_name(request->get()));
  if (asked.empty() || asked == name) return key;
  return Error{path + " is a request for another client: its common name is not '" + name +
               "'. Make one with -subj /CN=" + name};
}

}  // namespace tls
