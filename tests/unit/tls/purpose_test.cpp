// SPDX-License-Identifier: Apache-2.0
#include "tls/purpose.hpp"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include "tests/unit/tls/pair.hpp"
#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

using testing::HasSubstr;

/// Certificates whose extendedKeyUsage a test writes.
class PurposeTest : public Pki {
 protected:
  static void set(const Minted& minted, int nid, const char* value, const Minted& issuer) {
    auto* cert = minted.cert.get();
    const openssl::Extension old(X509_delete_ext(cert, X509_get_ext_by_NID(cert, nid, -1)));
    const openssl::Extension made(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value));
    ASSERT_NE(made, nullptr) << value;
    ASSERT_EQ(X509_add_ext(cert, made.get(), -1), 1);
    ASSERT_GT(X509_sign(cert, issuer.key.get(), EVP_sha256()), 0);
  }
  void write_with(const std::string& name, Purpose purpose, const char* purposes,
                  const char* usage = "digitalSignature") const {
    const auto minted = write(name, blank(purpose, name, {"engine.test"}));
    set(minted, NID_ext_key_usage, purposes, ca_);
    set(minted, NID_key_usage, usage, ca_);
    write_text(path(name), pem_of(minted.cert.get()));
  }
  Failure made_of(const char* purposes, const char* usage = "digitalSignature") const {
    write_with("odd", Purpose::client, purposes, usage);
    // tidegate itself does not show every certificate that it accepts.
    auto shown = client();
    SSL_CTX_use_certificate_file(shown->native(), path("odd").c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(shown->native(), path("odd-key").c_str(), SSL_FILETYPE_PEM);
    Pair pair(server(), shown);
    pair.shake_hands();
    return pair.server.failure();
  }
};

TEST_F(PurposeTest, a_client_may_have_a_certificate_for_any_purpose_as_at_dockerd) {
  EXPECT_EQ(made_of("anyExtendedKeyUsage"), Failure::none);
  EXPECT_EQ(made_of("serverAuth,anyExtendedKeyUsage"), Failure::none);
  EXPECT_EQ(made_of("clientAuth"), Failure::none);
}

TEST_F(PurposeTest, a_client_may_not_have_a_certificate_for_other_purposes_only) {
  EXPECT_EQ(made_of("serverAuth"), Failure::wrong_purpose);
  EXPECT_EQ(made_of("emailProtection,codeSigning"), Failure::wrong_purpose);
}

TEST_F(PurposeTest, any_purpose_is_none_without_a_key_that_signs) {
  EXPECT_EQ(made_of("anyExtendedKeyUsage", "keyEncipherment"), Failure::wrong_purpose);
}

TEST_F(PurposeTest, an_authority_between_may_be_for_any_purpose_and_must_be_an_authority) {
  const auto root = mint(blank(Purpose::authority, "Root"), nullptr);
  set(root, NID_basic_constraints, "critical,CA:TRUE", root);
  write_authority("root", root);
  auto options = server_options();
  options.client_ca = path("root");
  const auto served = [&](const char* purposes, const char* constraints) {
    const auto between = mint(blank(Purpose::authority, "Between"), &root);
    set(between, NID_basic_constraints, constraints, root);
    set(between, NID_ext_key_usage, purposes, root);
    const auto leaf = write("leaf", blank(Purpose::client, "leaf"), &between);
    write_text(path("leaf"), pem_of(leaf.cert.get()) + pem_of(between.cert.get()));
    Pair pair(context(Context::server(options)), client("leaf"));
    return pair.shake_hands();
  };
  EXPECT_TRUE(served("anyExtendedKeyUsage", "critical,CA:TRUE"));
  EXPECT_TRUE(served("clientAuth", "critical,CA:TRUE"));
  EXPECT_FALSE(served("serverAuth", "critical,CA:TRUE"));
  EXPECT_FALSE(served("anyExtendedKeyUsage", "critical,CA:FALSE"));
}

TEST_F(PurposeTest, a_connection_of_such_a_client_holds_when_it_is_judged_again) {
  write_with("odd", Purpose::client, "anyExtendedKeyUsage");
  auto shown = client();
  SSL_CTX_use_certificate_file(shown->native(), path("odd").c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file(shown->native(), path("odd-key").c_str(), SSL_FILETYPE_PEM);
  const auto serving = server();
  Pair pair(serving, shown);
  ASSERT_TRUE(pair.shake_hands());
  EXPECT_EQ(pair.server.verify_again(*serving).failure, Failure::none);
}

TEST_F(PurposeTest, an_engine_may_have_one_too_and_a_listener_may_not_show_it) {
  write_with("engine", Purpose::server, "anyExtendedKeyUsage");
  auto engine = server();
  SSL_CTX_use_certificate_file(engine->native(), path("engine").c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file(engine->native(), path("engine-key").c_str(), SSL_FILETYPE_PEM);
  Pair pair(engine, client());
  EXPECT_TRUE(pair.shake_hands()) << pair.client.failure_text();
  auto options = server_options();
  options.cert = path("engine");
  options.key = path("engine-key");
  const auto listener = Context::server(options);
  ASSERT_FALSE(listener);
  EXPECT_THAT(listener.error().message, HasSubstr("must have serverAuth"));
}

}  // namespace
}  // namespace tls
