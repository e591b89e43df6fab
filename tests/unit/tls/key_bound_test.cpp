// SPDX-License-Identifier: Apache-2.0
#include "tls/key_bound.hpp"

#include <gmock/gmock.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/ssl.h>

#include "tests/unit/tls/pair.hpp"
#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

/// A public key that nobody has a private one for.
openssl::Key rsa_of(int bits, const std::string& exponent) {
  const openssl::Number n(BN_new());
  BN_rand(n.get(), bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD);
  BIGNUM* number = nullptr;
  BN_hex2bn(&number, exponent.c_str());
  const openssl::Number e(number);
  const openssl::Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  const openssl::Owned<OSSL_PARAM, OSSL_PARAM_free> values(OSSL_PARAM_BLD_to_param(builder.get()));
  const openssl::Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context.get());
  EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, values.get());
  return openssl::Key(key);
}

/// The same curve, but written out as numbers.
openssl::Key written_out(const std::string& curve) {
  auto key = key_of(curve);
  EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_ENCODING,
                                 OSSL_PKEY_EC_ENCODING_EXPLICIT);
  return key;
}

class KeyBound : public Pki {
 protected:
  std::optional<std::string> flaw(const openssl::Key& key) const {
    const auto cert = certify(blank(Purpose::client, "odd"), ca_, key.get());
    if (cert != nullptr) return flaw_of_key(cert.get());
    ADD_FAILURE() << openssl::last_error();
    return "no certificate";
  }
  std::string der() const {
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(ca_.cert.get(), &bytes);
    std::string text(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return text;
  }
  static std::optional<std::string> flaw_of_bytes(const std::string& bytes) {
    return flaw_of_key(
        std::span(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
  }
};

TEST_F(KeyBound, lets_pass_what_docker_and_tls_1_3_know) {
  for (const auto* kind : {"RSA", "P-256", "P-384", "P-521", "ED25519", "ED448"})
    EXPECT_EQ(flaw(key_of(kind)), std::nullopt) << kind;
}

TEST_F(KeyBound, lets_weak_keys_pass_to_openssl_which_says_that_they_are_weak) {
  for (const auto* kind : {"P-192", "P-224"}) EXPECT_EQ(flaw(key_of(kind)), std::nullopt) << kind;
  EXPECT_EQ(flaw(rsa_of(1024, "10001")), std::nullopt);
}

TEST_F(KeyBound, refuses_curves_that_cost_more) {
  for (const auto* curve :
       {"secp256k1", "brainpoolP512r1", "sect283r1", "sect571r1", "sect571k1", "c2pnb368w1"})
    EXPECT_THAT(flaw(key_of(curve)), Optional(HasSubstr("a key that tidegate does not accept")))
        << curve;
}

TEST_F(KeyBound, refuses_a_curve_that_the_certificate_makes_up) {
  EXPECT_THAT(flaw(written_out("P-256")), Optional(HasSubstr("P-256")));
}

TEST_F(KeyBound, refuses_rsa_with_a_long_modulus_or_exponent) {
  EXPECT_EQ(flaw(rsa_of(8192, "10001")), std::nullopt);
  EXPECT_THAT(flaw(rsa_of(8200, "10001")), Optional(HasSubstr("8192 bits")));
  EXPECT_THAT(flaw(rsa_of(16384, "10001")), Optional(HasSubstr("8192 bits")));
  EXPECT_EQ(flaw(rsa_of(2048, "3")), std::nullopt);
  EXPECT_THAT(flaw(rsa_of(2048, "1000001")), Optional(HasSubstr("exponent 65537")));
  EXPECT_THAT(flaw(rsa_of(2048, std::string(511, 'F'))), Optional(HasSubstr("exponent 65537")));
}

TEST_F(KeyBound, refuses_keys_that_sign_nothing_in_tls) {
  const openssl::Key agrees(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
  EXPECT_THAT(flaw(agrees), Optional(HasSubstr("Ed25519")));
}

TEST_F(KeyBound, refuses_what_openssl_reads_although_it_is_no_der) {
  const auto whole = der();
  ASSERT_EQ(flaw_of_bytes(whole), std::nullopt);
  constexpr std::size_t head = 4;
  const auto endless = std::string("\x30\x80", 2) + whole.substr(head) + std::string(2, '\0');
  const auto* bytes = reinterpret_cast<const unsigned char*>(endless.data());
  const openssl::Cert read(d2i_X509(nullptr, &bytes, static_cast<long>(endless.size())));
  ASSERT_NE(read, nullptr) << "OpenSSL reads it";
  EXPECT_THAT(flaw_of_bytes(endless), Optional(std::string("cannot be read")));
}

TEST_F(KeyBound, refuses_every_certificate_that_is_cut_off_before_its_key_ends) {
  const auto whole = der();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(flaw_of_bytes(whole.substr(0, size)), Optional(std::string("cannot be read")))
        << size;
}

/// A client of our authority with a stranger's certificate behind its own.
class KeyOfAChain : public KeyBound {
 protected:
  void show(const openssl::Key& behind) {
    const auto leaf = write("client", blank(Purpose::client, "ci-7"));
    const auto other = certify(blank(Purpose::authority, "Stranger"), ca_, behind.get());
    write_text(path("client"), pem_of(leaf.cert.get()) + pem_of(other.get()));
  }
  std::shared_ptr<const Context> serving(Version version) const {
    auto serving = server();
    if (version == Version::tls1_2)
      SSL_CTX_set_max_proto_version(serving->native(), TLS1_2_VERSION);
    return serving;
  }
};

TEST_F(KeyOfAChain, is_refused_before_it_is_read) {
  for (const auto version : {Version::tls1_2, Version::tls1_3}) {
    show(key_of("P-384"));
    Pair good(serving(version), client());
    EXPECT_TRUE(good.shake_hands()) << good.server.failure_text();
    show(written_out("P-384"));
    Pair bad(serving(version), client());
    EXPECT_FALSE(bad.shake_hands());
    EXPECT_EQ(bad.server.failure(), Failure::protocol);
    EXPECT_THAT(bad.server.failure_text(),
                HasSubstr("the peer's certificate number 2 has a key that tidegate does not"));
    EXPECT_FALSE(bad.server.peer()) << "nothing of the chain was read";
  }
}

TEST_F(KeyOfAChain, of_an_authority_that_is_trusted_is_bounded_too) {
  const auto dear = certify(blank(Purpose::authority, "Dear CA"), ca_, key_of("sect571r1").get());
  write_text(path("ca"), pem_of(ca_.cert.get()) + pem_of(dear.get()));
  const auto both = server();
  EXPECT_THAT(both->warnings(), ElementsAre(HasSubstr(path("ca") + ": Dear CA has a key that")));
  Pair pair(both, client());
  EXPECT_TRUE(pair.shake_hands()) << pair.server.failure_text();
  write_text(path("ca"), pem_of(dear.get()));
  const auto alone = Context::server(server_options());
  ASSERT_FALSE(alone);
  EXPECT_THAT(alone.error().message, HasSubstr("Dear CA has a key that tidegate does not accept"));
}

}  // namespace
}  // namespace tls
