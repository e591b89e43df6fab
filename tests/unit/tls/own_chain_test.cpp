// SPDX-License-Identifier: Apache-2.0
#include "tls/own_chain.hpp"

#include <gmock/gmock.h>

#include "tests/unit/tls/pair.hpp"
#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class OwnChainTest : public Pki {
 protected:
  auto made(Version least) const {
    auto options = server_options();
    options.least = least;
    return Context::server(options);
  }
  std::vector<std::string> warnings() const { return server()->warnings(); }
  void serve_with(const std::vector<const Minted*>& chain) const {
    std::string text;
    for (const auto* each : chain) text += pem_of(each->cert.get());
    write_text(path("server"), text);
    write_text(path("server-key"), pem_of(chain.front()->key.get()));
  }
  void trust(const std::vector<const Minted*>& authorities) const {
    std::string text;
    for (const auto* each : authorities) text += pem_of(each->cert.get());
    write_text(path("ca"), text);
  }

  Minted root_ = mint(blank(Purpose::authority, "Root"), nullptr);
  Minted between_ = mint(blank(Purpose::authority, "Between"), &root_);
  Minted leaf_ = mint(blank(Purpose::server, "engine", {"engine.test"}), &between_);
};

TEST_F(OwnChainTest, a_key_that_no_client_of_tls_1_3_can_use_is_refused_with_its_kind) {
  for (const auto* kind : {"secp256k1", "brainpoolP256r1", "secp224r1"}) {
    write_with_key("server", Purpose::server, kind);
    const auto context = made(Version::tls1_3);
    ASSERT_FALSE(context) << kind;
    EXPECT_THAT(context.error().message,
                AllOf(HasSubstr(path("server") + ": odd has a key (" + kind + ") that TLS 1.3"),
                      HasSubstr("no client would be served: issue it for a key on P-256")));
    const auto older = made(Version::tls1_2);
    ASSERT_TRUE(older) << older.error().message;
    EXPECT_THAT((*older)->warnings(), ElementsAre(HasSubstr("do not know"))) << kind;
  }
}

TEST_F(OwnChainTest, a_key_that_some_clients_can_use_is_warned_of) {
  write_with_key("server", Purpose::server, "ED448");
  const auto context = made(Version::tls1_3);
  ASSERT_TRUE(context) << context.error().message;
  EXPECT_THAT((*context)->warnings(),
              ElementsAre(HasSubstr("odd has a key (ED448) that docker and its engine do not")));
}

TEST_F(OwnChainTest, a_key_that_every_client_can_use_is_no_warning) {
  for (const auto* kind : {"P-256", "P-384", "P-521", "RSA", "ED25519"}) {
    write_with_key("server", Purpose::server, kind);
    const auto context = made(Version::tls1_3);
    ASSERT_TRUE(context) << context.error().message;
    EXPECT_THAT((*context)->warnings(), IsEmpty()) << kind;
    Pair pair(*context, client());
    EXPECT_TRUE(pair.shake_hands()) << kind << ": " << pair.server.failure_text();
  }
}

TEST_F(OwnChainTest, a_key_that_the_engine_does_not_know_is_warned_of) {
  write_with_key("client", Purpose::client, "secp256k1");
  EXPECT_THAT(client()->warnings(),
              ElementsAre(HasSubstr(path("client") + ": odd has a key (secp256k1)")));
}

TEST_F(OwnChainTest, a_certificate_that_the_one_behind_it_has_not_signed_is_warned_of) {
  auto other = mint(blank(Purpose::authority, "Other"), nullptr);
  auto namesake = mint(blank(Purpose::authority, "Between"), nullptr);
  for (const auto* foreign : {&other, &namesake, &root_}) {
    serve_with({&leaf_, foreign});
    EXPECT_THAT(warnings(),
                ElementsAre(HasSubstr(path("server") + ": engine is not signed by " +
                                      openssl::shown(X509_get_subject_name(foreign->cert.get())) +
                                      ", which is behind it")));
  }
  serve_with({&leaf_, &between_, &other});
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("Between is not signed by Other")));
}

TEST_F(OwnChainTest, a_chain_in_order_is_no_warning_whether_or_not_it_has_the_root) {
  for (const auto& chain : std::vector<std::vector<const Minted*>>{
           {&leaf_}, {&leaf_, &between_}, {&leaf_, &between_, &root_}}) {
    serve_with(chain);
    EXPECT_THAT(warnings(), IsEmpty()) << chain.size();
  }
}

TEST_F(OwnChainTest, a_chain_that_lacks_a_known_authority_between_is_warned_of) {
  trust({&root_, &between_});
  serve_with({&leaf_});
  EXPECT_THAT(warnings(),
              ElementsAre(HasSubstr(path("server") +
                                    ": engine is signed by an intermediate authority, Between")));
  serve_with({&leaf_, &between_});
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(OwnChainTest, a_chain_for_the_engine_is_looked_at_too) {
  const auto own = write("client", blank(Purpose::client, "gate"), &between_);
  write_text(path("client"), pem_of(own.cert.get()) + pem_of(root_.cert.get()));
  EXPECT_THAT(client()->warnings(),
              ElementsAre(HasSubstr(path("client") + ": gate is not signed by Root")));
}

}  // namespace
}  // namespace tls
