// SPDX-License-Identifier: Apache-2.0
#include "tls/context.hpp"

#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>

#include "tests/unit/tls/pair.hpp"
#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ContextTest : public Pki {
 protected:
  static std::string problem(const ServerOptions& options) {
    const auto made = Context::server(options);
    return made ? "" : made.error().message;
  }
  std::string problem() const { return problem(server_options()); }
  static std::string problem(const ClientOptions& options) {
    const auto made = Context::client(options);
    return made ? "" : made.error().message;
  }
};

TEST_F(ContextTest, knows_until_when_everything_that_it_read_holds) {
  write_list("crl", {});
  auto options = server_options();
  options.crl = {path("crl")};
  const auto made = context(Context::server(options));
  ASSERT_EQ(made->expiries().size(), 3U);
  EXPECT_EQ(made->expiries()[0].file, path("server"));
  EXPECT_EQ(made->expiries()[0].subject, "engine");
  EXPECT_EQ(made->expiries()[1].file, path("ca"));
  EXPECT_EQ(made->expiries()[1].subject, "Test CA");
  EXPECT_EQ(made->expiries()[2].file, path("crl"));
  EXPECT_EQ(made->expiries()[2].subject, "Test CA");
  for (const auto& expiry : made->expiries()) {
    EXPECT_GT(expiry.not_after, Clock::now());
    EXPECT_LE(expiry.not_after, Clock::now() + hours(1));
    EXPECT_TRUE(expiry.holds_at(Clock::now()));
    EXPECT_FALSE(expiry.holds_at(Clock::now() - hours(2)));
  }
}

TEST_F(ContextTest, takes_a_certificate_that_has_expired_and_says_so) {
  auto late = blank(Purpose::server, "late", {"late.test"});
  late.not_after = Clock::now() - hours(1);
  late.not_before = Clock::now() - hours(2);
  write("server", late);
  EXPECT_LT(server()->expiries().front().not_after, Clock::now());
}

TEST_F(ContextTest, refuses_a_key_of_another_certificate) {
  write_text(path("server-key"), pem_of(ca_.key.get()));
  EXPECT_THAT(problem(), AllOf(HasSubstr(path("server-key") + " is not the key of"),
                               HasSubstr(path("server"))));
}

TEST_F(ContextTest, refuses_files_that_are_not_there_or_no_files) {
  auto options = server_options();
  options.client_ca = path("absent");
  EXPECT_THAT(problem(options), HasSubstr(path("absent") + " cannot be opened: No such file"));
  options.client_ca = folder_;
  EXPECT_THAT(problem(options), HasSubstr("is not a regular file"));
}

TEST_F(ContextTest, refuses_what_is_empty_too_large_or_no_pem) {
  write_text(path("server"), "");
  EXPECT_THAT(problem(), HasSubstr(path("server") + " is empty"));
  write_text(path("server"), std::string(1024 * 1024 + 1, 'x'));
  EXPECT_THAT(problem(), HasSubstr(path("server") + " is larger than 1 MiB"));
  write_text(path("server"), "not a certificate\n");
  EXPECT_THAT(problem(), HasSubstr(path("server") + " holds no certificate: it must be PEM"));
  write_text(path("server"), pem_of(ca_.key.get()));
  EXPECT_THAT(problem(), HasSubstr("holds no certificate"));
  write_text(path("server"), pem_of(ca_.cert.get()) +
                                 "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  EXPECT_THAT(problem(), HasSubstr(path("server") + ": certificate number 2 is damaged"));
}

TEST_F(ContextTest, refuses_an_authority_with_an_extension_that_is_damaged) {
  auto damaged = mint(blank(Purpose::authority, "Damaged CA"), nullptr);
  const openssl::Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> empty(ASN1_OCTET_STRING_new());
  const openssl::Extension no_names(
      X509_EXTENSION_create_by_NID(nullptr, NID_subject_alt_name, 0, empty.get()));
  ASSERT_EQ(X509_add_ext(damaged.cert.get(), no_names.get(), -1), 1);
  ASSERT_GT(X509_sign(damaged.cert.get(), damaged.key.get(), EVP_sha256()), 0);
  write_text(path("ca"), pem_of(ca_.cert.get()) + pem_of(damaged.cert.get()));
  EXPECT_THAT(problem(), HasSubstr(path("ca") + ": certificate number 2 has extensions"));
}

TEST_F(ContextTest, refuses_a_list_that_is_none) {
  auto options = server_options();
  options.crl = {path("ca")};
  EXPECT_THAT(problem(options), HasSubstr(path("ca") + " holds no revocation list"));
}

TEST_F(ContextTest, refuses_lists_of_another_authority_than_that_of_clients) {
  const auto other = mint(blank(Purpose::authority, "Other CA"), nullptr);
  const auto namesake = mint(blank(Purpose::authority, "Test CA"), nullptr);
  auto options = server_options();
  options.crl = {path("crl")};
  for (const auto* issuer : {&other, &namesake}) {
    write_text(path("crl"), pem_of(mint_list(*issuer, nullptr, {}, Clock::now() - hours(1),
                                             Clock::now() + hours(1))
                                       .get()));
    EXPECT_THAT(problem(options), HasSubstr(path("crl") + " is not signed by an authority of " +
                                            path("ca") + " (Test CA)"));
  }
}

TEST_F(ContextTest, warns_of_an_authority_without_a_list_among_others) {
  const auto other = mint(blank(Purpose::authority, "Other CA"), nullptr);
  write_text(path("ca"), pem_of(ca_.cert.get()) + pem_of(other.cert.get()));
  write_list("crl", {});
  auto options = server_options();
  EXPECT_THAT(context(Context::server(options))->warnings(), testing::IsEmpty());
  options.crl = {path("crl")};
  EXPECT_THAT(context(Context::server(options))->warnings(),
              testing::ElementsAre(HasSubstr(path("ca") + ": Other CA has no list in `crl`")));
}

TEST_F(ContextTest, refuses_a_certificate_that_is_no_authority_where_one_is_needed) {
  auto options = server_options();
  options.client_ca = path("server");
  EXPECT_THAT(problem(options), HasSubstr(path("server") + ": engine is no authority"));
  auto engine = client_options();
  engine.ca = path("client");
  EXPECT_THAT(problem(engine), HasSubstr(path("client") + ": ci-7 is no authority"));
}

TEST_F(ContextTest, refuses_an_authority_whose_signatures_nobody_may_accept) {
  const openssl::Key weak(EVP_RSA_gen(1024));
  ASSERT_EQ(X509_set_pubkey(ca_.cert.get(), weak.get()), 1);
  ASSERT_GT(X509_sign(ca_.cert.get(), weak.get(), EVP_sha256()), 0);
  write_authority("ca", ca_);
  EXPECT_THAT(problem(), HasSubstr(path("ca") + ": Test CA has a key that is too weak"));
}

TEST_F(ContextTest, refuses_a_list_of_an_authority_that_may_not_sign_lists) {
  const openssl::Extension both(
      X509_delete_ext(ca_.cert.get(), X509_get_ext_by_NID(ca_.cert.get(), NID_key_usage, -1)));
  ASSERT_NE(both, nullptr);
  const openssl::Extension signs(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage, "critical,keyCertSign"));
  ASSERT_EQ(X509_add_ext(ca_.cert.get(), signs.get(), -1), 1);
  ASSERT_GT(X509_sign(ca_.cert.get(), ca_.key.get(), EVP_sha256()), 0);
  write_authority("ca", ca_);
  write_list("crl", {});
  auto options = server_options();
  options.crl = {path("crl")};
  EXPECT_THAT(problem(options), HasSubstr("or that one's keyUsage has no cRLSign"));
}

TEST_F(ContextTest, warns_of_a_server_without_a_name_that_clients_look_at) {
  EXPECT_THAT(server()->warnings(), testing::IsEmpty());
  write("server", blank(Purpose::server, "engine"));
  EXPECT_THAT(server()->warnings(),
              testing::ElementsAre(HasSubstr(path("server") + ": engine has no DNS name")));
}

TEST_F(ContextTest, serves_a_client_whose_own_certificate_is_trusted_and_warns_of_it) {
  auto options = server_options();
  options.client_ca = path("client");
  const auto made = context(Context::server(options));
  EXPECT_THAT(made->warnings(),
              testing::ElementsAre(HasSubstr(path("client") + ": ci-7 is no authority")));
  Pair pair(made, client());
  EXPECT_TRUE(pair.shake_hands()) << pair.server.failure_text();
}

TEST_F(ContextTest, refuses_a_key_that_others_can_read_or_change) {
  for (const mode_t mode : {0644U, 0604U, 0602U, 0620U}) {
    ASSERT_EQ(::chmod(path("server-key").c_str(), mode), 0);
    EXPECT_THAT(problem(), HasSubstr("run `chmod 600 " + path("server-key") + "`")) << mode;
  }
  ASSERT_EQ(::chmod(path("server-key").c_str(), 0640), 0);
  EXPECT_EQ(problem(), "");
}

TEST_F(ContextTest, refuses_a_key_with_a_passphrase_and_asks_nobody) {
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  ASSERT_EQ(PEM_write_bio_PKCS8PrivateKey(bio.get(), ca_.key.get(), EVP_aes_256_cbc(), "secret", 6,
                                          nullptr, nullptr),
            1);
  write_text(path("server-key"), openssl::text_of(bio.get()));
  EXPECT_THAT(problem(), HasSubstr(path("server-key") + " is encrypted"));
}

TEST_F(ContextTest, refuses_a_key_that_is_none) {
  write_text(path("server-key"), pem_of(ca_.cert.get()));
  EXPECT_THAT(problem(), HasSubstr(path("server-key") + " holds no private key in PEM"));
}

TEST_F(ContextTest, refuses_a_certificate_of_the_wrong_purpose) {
  auto options = server_options();
  options.cert = path("client");
  options.key = path("client-key");
  EXPECT_THAT(problem(options), HasSubstr("must have serverAuth"));
  EXPECT_THAT(problem(client_options("server")), HasSubstr("must have clientAuth"));
}

TEST_F(ContextTest, refuses_a_certificate_with_a_weak_key) {
  auto minted = mint(blank(Purpose::server, "weak", {"weak.test"}), &ca_);
  const openssl::Key weak(EVP_RSA_gen(1024));
  ASSERT_EQ(X509_set_pubkey(minted.cert.get(), weak.get()), 1);
  ASSERT_GT(X509_sign(minted.cert.get(), ca_.key.get(), EVP_sha256()), 0);
  write_text(path("server"), pem_of(minted.cert.get()));
  write_text(path("server-key"), pem_of(weak.get()));
  EXPECT_THAT(problem(), HasSubstr("key too small"));
}

TEST_F(ContextTest, needs_a_name_that_the_engine_must_have) {
  auto options = client_options();
  for (const auto& name : {std::string(), std::string("a b"), std::string(300, 'a')}) {
    options.server_name = name;
    EXPECT_THAT(problem(options), HasSubstr("is not a server name"));
  }
}

bool speak(const std::shared_ptr<const Context>& server,
           const std::shared_ptr<const Context>& client, const char* groups, Failure& failure) {
  EXPECT_EQ(SSL_CTX_set1_groups_list(client->native(), groups), 1) << groups;
  Pair pair(server, client);
  const bool done = pair.shake_hands();
  failure = pair.server.failure();
  return done;
}

TEST_F(ContextTest, agrees_on_a_key_by_curves_that_cost_little_only) {
  auto failure = Failure::none;
  for (const auto* usual : {"X25519", "P-256", "P-384", "P-521", "ffdhe8192:P-521"})
    EXPECT_TRUE(speak(server(), client(), usual, failure)) << usual;
  for (const auto* dear : {"ffdhe2048", "ffdhe8192:ffdhe6144:ffdhe4096", "X448", "brainpoolP512r1"})
    EXPECT_FALSE(speak(server(), client(), dear, failure)) << dear;
  EXPECT_EQ(failure, Failure::protocol);
}

TEST_F(ContextTest, offers_an_engine_the_same_curves) {
  auto engine = server();
  ASSERT_EQ(SSL_CTX_set1_groups_list(engine->native(), "ffdhe2048:ffdhe8192"), 1);
  Pair dear(engine, client());
  EXPECT_FALSE(dear.shake_hands());
  for (const auto* usual : {"X25519", "P-521"}) {
    ASSERT_EQ(SSL_CTX_set1_groups_list(engine->native(), usual), 1);
    Pair pair(engine, client());
    EXPECT_TRUE(pair.shake_hands()) << usual << ": " << pair.client.failure_text();
  }
}

TEST_F(ContextTest, serves_with_the_chain_behind_its_certificate) {
  // An authority between: the root of this one lets it sign others.
  const auto root = mint(blank(Purpose::authority, "Root"), nullptr);
  const openssl::Extension old(X509_delete_ext(
      root.cert.get(), X509_get_ext_by_NID(root.cert.get(), NID_basic_constraints, -1)));
  const openssl::Extension any(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE"));
  X509_add_ext(root.cert.get(), any.get(), -1);
  X509_sign(root.cert.get(), root.key.get(), EVP_sha256());
  const auto between = mint(blank(Purpose::authority, "Between"), &root);
  write_authority("root", root);
  write_authority("between", between);
  const auto leaf = write("server", blank(Purpose::server, "engine", {"engine.test"}), &between);
  write_text(path("server"), pem_of(leaf.cert.get()) + pem_of(between.cert.get()));
  auto options = client_options();
  options.ca = path("root");
  Pair whole(server(), context(Context::client(options)));
  EXPECT_TRUE(whole.shake_hands()) << whole.client.failure_text();
  // The one between can be trusted by itself.
  options.ca = path("between");
  Pair partial(server(), context(Context::client(options)));
  EXPECT_TRUE(partial.shake_hands()) << partial.client.failure_text();
}

TEST_F(ContextTest, trusts_an_authority_in_the_middle_by_its_own_list) {
  const auto root = mint(blank(Purpose::authority, "Root"), nullptr);
  const auto between = mint(blank(Purpose::authority, "Between"), &root);
  const auto lost = write("lost", blank(Purpose::client, "lost"), &between);
  write("kept", blank(Purpose::client, "kept"), &between);
  write_authority("between", between);
  const auto list = mint_list(between, nullptr, {lost.cert.get()}, Clock::now() - hours(1),
                              Clock::now() + hours(1));
  write_text(path("crl"), pem_of(list.get()));
  auto options = server_options();
  options.client_ca = path("between");
  options.crl = {path("crl")};
  Pair kept(context(Context::server(options)), client("kept"));
  EXPECT_TRUE(kept.shake_hands()) << kept.server.failure_text();
  Pair revoked(context(Context::server(options)), client("lost"));
  EXPECT_FALSE(revoked.shake_hands());
  EXPECT_EQ(revoked.server.failure(), Failure::revoked) << revoked.server.failure_text();
}

}  // namespace
}  // namespace tls
