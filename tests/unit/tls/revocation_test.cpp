// SPDX-License-Identifier: Apache-2.0
#include "tls/revocation.hpp"

#include <gmock/gmock.h>
#include <openssl/x509v3.h>

#include "tests/unit/tls/pair.hpp"
#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

openssl::Extension written(int nid, const char* value) {
  openssl::Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value));
  EXPECT_NE(extension, nullptr) << value;
  return extension;
}

/// An authority that may sign other authorities.
Minted authority_of(const Minted* issuer, const std::string& name) {
  auto made = mint(blank(Purpose::authority, name), issuer);
  auto* cert = made.cert.get();
  const openssl::Extension old(
      X509_delete_ext(cert, X509_get_ext_by_NID(cert, NID_basic_constraints, -1)));
  X509_add_ext(cert, written(NID_basic_constraints, "critical,CA:TRUE").get(), -1);
  const auto& signer = issuer == nullptr ? made : *issuer;
  EXPECT_GT(X509_sign(cert, signer.key.get(), EVP_sha256()), 0);
  return made;
}

Minted root_named(const std::string& name) {
  return authority_of(nullptr, name);
}

Minted authority_below(const Minted& issuer, const std::string& name) {
  return authority_of(&issuer, name);
}

/// What is special about a list.
struct ListBlank {
  std::vector<const X509*> revoked = {};
  long number = 1;
  const char* scope = nullptr;  ///< of its issuingDistributionPoint
  Clock::time_point since = Clock::now() - hours(1), until = Clock::now() + hours(1);
};

openssl::Crl list_of(const Minted& issuer, const ListBlank& blank = {}) {
  auto list = mint_list(issuer, nullptr, blank.revoked, blank.since, blank.until);
  const openssl::Extension old(
      X509_CRL_delete_ext(list.get(), X509_CRL_get_ext_by_NID(list.get(), NID_crl_number, -1)));
  const openssl::Integer number(ASN1_INTEGER_new());
  EXPECT_EQ(ASN1_INTEGER_set(number.get(), blank.number), 1);
  X509_CRL_add1_ext_i2d(list.get(), NID_crl_number, number.get(), 0, 0);
  if (blank.scope != nullptr)
    X509_CRL_add_ext(list.get(), written(NID_issuing_distribution_point, blank.scope).get(), -1);
  EXPECT_GT(X509_CRL_sign(list.get(), issuer.key.get(), EVP_sha256()), 0);
  return list;
}

std::string pem(const openssl::Crl& list) {
  return pem_of(list.get());
}

std::string pem(const Minted& minted) {
  return pem_of(minted.cert.get());
}

/// A root, an authority below it, and clients of the latter that send it along.
class RevocationTest : public Pki {
 protected:
  RevocationTest() {
    kept_ = client_of(between_, "kept");
    lost_ = client_of(between_, "lost");
  }

  Minted client_of(const Minted& issuer, const std::string& name) const {
    auto minted = write(name, blank(Purpose::client, name), &issuer);
    write_text(path(name), pem(minted) + pem(issuer));
    return minted;
  }

  ServerOptions options(const std::string& authorities, const std::string& lists) const {
    write_text(path("authorities"), authorities);
    write_text(path("crl"), lists);
    auto options = server_options();
    options.client_ca = path("authorities");
    options.crl = {path("crl")};
    return options;
  }

  /// How a client fares.
  Failure outcome(const ServerOptions& options, const std::string& client_name) const {
    return outcome(context(Context::server(options)), client_name);
  }
  Failure outcome(const std::shared_ptr<const Context>& server, const std::string& name) const {
    Pair pair(server, client(name));
    return pair.shake_hands() ? Failure::none : pair.server.failure();
  }

  std::string refusal(const openssl::Crl& list) const {
    const auto made = Context::server(options(pem(ca_), pem(list)));
    return made ? "" : made.error().message;
  }

  Minted root_ = root_named("Root");
  Minted between_ = mint(blank(Purpose::authority, "Between"), &root_);
  Minted kept_, lost_;
};

TEST_F(RevocationTest, a_bundle_of_authorities_takes_the_list_of_each) {
  const auto lists = pem(list_of(root_)) + pem(list_of(between_, {.revoked = {lost_.cert.get()}}));
  for (const auto& bundle : {pem(between_) + pem(root_), pem(root_) + pem(between_), pem(root_)}) {
    EXPECT_EQ(outcome(options(bundle, lists), "kept"), Failure::none);
    EXPECT_EQ(outcome(options(bundle, lists), "lost"), Failure::revoked);
  }
}

TEST_F(RevocationTest, clients_of_a_revoked_authority_are_refused_even_where_it_is_trusted_itself) {
  const auto lists =
      pem(list_of(root_, {.revoked = {between_.cert.get()}})) + pem(list_of(between_));
  for (const auto& bundle : {pem(root_), pem(between_) + pem(root_)})
    EXPECT_EQ(outcome(options(bundle, lists), "kept"), Failure::revoked);
  EXPECT_EQ(outcome(options(pem(between_), lists), "kept"), Failure::none)
      << "nobody knows who has signed the root's list";
}

TEST_F(RevocationTest, clients_are_refused_if_any_authority_above_a_trusted_one_is_revoked) {
  const auto upper = authority_below(root_, "Upper"), lower = authority_below(upper, "Lower");
  client_of(lower, "low");
  const auto authorities = pem(lower) + pem(upper) + pem(root_);
  const auto lists = pem(list_of(lower)) + pem(list_of(upper));
  EXPECT_EQ(outcome(options(authorities, lists + pem(list_of(root_))), "low"), Failure::none);
  const auto revoking = pem(list_of(root_, {.revoked = {upper.cert.get()}}));
  EXPECT_EQ(outcome(options(authorities, lists + revoking), "low"), Failure::revoked);
  EXPECT_EQ(outcome(options(pem(lower) + pem(root_), lists + revoking), "low"), Failure::none)
      << "nobody knows the authority between them";
}

TEST_F(RevocationTest, an_expired_list_of_a_former_root_of_the_same_name_does_not_matter) {
  const auto former = root_named("Root");
  const auto lists = pem(list_of(former, {.until = Clock::now() - hours(1)})) +
                     pem(list_of(root_)) + pem(list_of(between_));
  for (const auto& roots : {pem(former) + pem(root_), pem(root_) + pem(former)})
    EXPECT_EQ(outcome(options(roots + pem(between_), lists), "kept"), Failure::none);
}

TEST_F(RevocationTest, who_has_not_signed_a_list_is_found_out_once) {
  const auto namesake = mint(blank(Purpose::authority, "Between"), &root_);
  const auto list = RevocationList::from(list_of(namesake));
  ASSERT_TRUE(list);
  EXPECT_TRUE((*list)->awaits(between_.cert.get()));
  EXPECT_FALSE((*list)->is_signed_by(between_.cert.get()));
  EXPECT_FALSE((*list)->awaits(between_.cert.get()));
  EXPECT_TRUE((*list)->is_signed_by(namesake.cert.get()));
}

TEST_F(RevocationTest, a_root_whose_list_has_expired_vouches_for_no_authority_below_it) {
  const auto lists =
      pem(list_of(root_, {.until = Clock::now() - hours(1)})) + pem(list_of(between_));
  for (const auto& bundle : {pem(root_), pem(between_) + pem(root_)})
    EXPECT_EQ(outcome(options(bundle, lists), "kept"), Failure::list_unusable);
}

TEST_F(RevocationTest, an_authority_below_the_root_needs_a_list_that_it_has_signed) {
  const auto namesake = mint(blank(Purpose::authority, "Between"), &root_);
  EXPECT_EQ(outcome(options(pem(root_), pem(list_of(root_))), "kept"), Failure::list_unusable);
  EXPECT_EQ(outcome(options(pem(root_), pem(list_of(root_)) + pem(list_of(namesake))), "kept"),
            Failure::list_unusable);
  client_of(namesake, "other");
  const auto server = context(Context::server(
      options(pem(root_), pem(list_of(root_)) + pem(list_of(namesake)) + pem(list_of(between_)))));
  EXPECT_EQ(outcome(server, "kept"), Failure::none);
  EXPECT_EQ(outcome(server, "other"), Failure::none);
}

TEST_F(RevocationTest, lists_for_users_only_and_for_authorities_only_complement_each_other) {
  client_of(ca_, "plain");
  const auto gone = client_of(ca_, "gone");
  const auto users =
      pem(list_of(ca_, {.revoked = {gone.cert.get()}, .scope = "critical,onlyuser:TRUE"}));
  const auto authorities = pem(list_of(ca_, {.number = 2, .scope = "critical,onlyCA:TRUE"}));
  for (const auto& lists : {users, users + authorities, authorities + users}) {
    EXPECT_EQ(outcome(options(pem(ca_), lists), "plain"), Failure::none);
    EXPECT_EQ(outcome(options(pem(ca_), lists), "gone"), Failure::revoked);
  }
  EXPECT_EQ(outcome(options(pem(ca_), authorities), "plain"), Failure::list_unusable);
}

TEST_F(RevocationTest, a_list_of_one_distribution_point_is_for_the_certificates_that_name_it) {
  const auto first = list_of(between_, {.scope = "critical,fullname:URI:http://corp.test/1.crl"});
  auto named = mint(blank(Purpose::client, "named"), &between_);
  X509_add_ext(named.cert.get(),
               written(NID_crl_distribution_points, "URI:http://corp.test/1.crl").get(), -1);
  ASSERT_GT(X509_sign(named.cert.get(), between_.key.get(), EVP_sha256()), 0);
  write_text(path("named"), pem(named));
  write_text(path("named-key"), pem_of(named.key.get()));
  EXPECT_EQ(outcome(options(pem(between_), pem(first)), "named"), Failure::none);
  EXPECT_EQ(outcome(options(pem(between_), pem(first)), "kept"), Failure::list_unusable);
  const auto second = list_of(between_, {.revoked = {named.cert.get()},
                                         .number = 9,
                                         .scope = "critical,fullname:URI:http://corp.test/2.crl"});
  EXPECT_EQ(outcome(options(pem(between_), pem(first) + pem(second)), "named"), Failure::none)
      << "the second list is for others";
}

TEST_F(RevocationTest, lists_that_do_not_tell_all_are_refused_by_name) {
  const std::string begin = path("crl") + ": the list of Test CA ";
  const std::pair<const char*, const char*> scopes[] = {
      {"critical,onlysomereasons:keyCompromise", "has some reasons of revocation only"},
      {"critical,indirectCRL:TRUE", "is an indirect list"},
      {"critical,onlyAA:TRUE", "is for attribute certificates"},
      {"critical,onlyuser:TRUE,onlyCA:TRUE", "is at once for users only"},
  };
  for (const auto& [scope, why] : scopes)
    EXPECT_THAT(refusal(list_of(ca_, {.scope = scope})), HasSubstr(begin + why)) << scope;
  const auto delta = list_of(ca_);
  const openssl::Integer base(ASN1_INTEGER_new());
  ASSERT_EQ(X509_CRL_add1_ext_i2d(delta.get(), NID_delta_crl, base.get(), 1, 0), 1);
  ASSERT_GT(X509_CRL_sign(delta.get(), ca_.key.get(), EVP_sha256()), 0);
  EXPECT_THAT(refusal(delta), HasSubstr(begin + "is a delta list"));
  const auto strange = list_of(ca_);
  X509_CRL_add_ext(strange.get(), written(NID_netscape_comment, "critical,x").get(), -1);
  ASSERT_GT(X509_CRL_sign(strange.get(), ca_.key.get(), EVP_sha256()), 0);
  EXPECT_THAT(refusal(strange), HasSubstr(begin + "has a critical extension that tidegate does"));
}

TEST_F(RevocationTest, of_two_lists_the_one_with_the_higher_number_counts) {
  const auto since = Clock::now() - hours(1);
  const auto earlier = pem(list_of(between_, {.number = 9, .since = since}));
  const auto later =
      pem(list_of(between_, {.revoked = {lost_.cert.get()}, .number = 10, .since = since}));
  for (const auto& lists : {earlier + later, later + earlier}) {
    const auto server = context(Context::server(options(pem(between_), lists)));
    EXPECT_EQ(outcome(server, "lost"), Failure::revoked);
    EXPECT_EQ(outcome(server, "kept"), Failure::none);
    EXPECT_THAT(server->warnings(),
                ElementsAre(AllOf(HasSubstr(path("crl") + ": the list of Between, number 9, is"),
                                  HasSubstr("not used, since `crl` has a later one"))));
  }
  EXPECT_THAT(context(Context::server(options(pem(between_), later + later)))->warnings(),
              IsEmpty());
}

TEST_F(RevocationTest, a_later_list_that_has_expired_is_not_made_up_for_by_an_earlier_one) {
  const auto ended = Clock::now() - hours(1);
  const auto lists =
      pem(list_of(between_, {.number = 2, .since = ended - hours(1), .until = ended})) +
      pem(list_of(between_, {.number = 1}));
  const auto server = context(Context::server(options(pem(between_), lists)));
  EXPECT_EQ(outcome(server, "kept"), Failure::list_unusable);
  const auto& last = server->expiries().back();
  EXPECT_TRUE(last.is_list);
  EXPECT_LT(last.not_after, Clock::now()) << "the one that counts is told";
}

TEST_F(RevocationTest, a_list_may_have_a_hundred_thousand_entries) {
  const auto list = list_of(between_, {.revoked = {lost_.cert.get()}});
  const openssl::Integer serial(ASN1_INTEGER_new());
  for (std::uint64_t i = 1; i <= 100'000; ++i) {
    openssl::Revoked entry(X509_REVOKED_new());
    ASN1_INTEGER_set_uint64(serial.get(), i * 0x1234'5678'9abcULL);
    X509_REVOKED_set_serialNumber(entry.get(), serial.get());
    X509_REVOKED_set_revocationDate(entry.get(),
                                    const_cast<ASN1_TIME*>(X509_CRL_get0_lastUpdate(list.get())));
    ASSERT_EQ(X509_CRL_add0_revoked(list.get(), entry.release()), 1);
  }
  ASSERT_GT(X509_CRL_sign(list.get(), between_.key.get(), EVP_sha256()), 0);
  ASSERT_GT(pem(list).size(), 2 * most_file_bytes);
  const auto server = context(Context::server(options(pem(between_), pem(list))));
  EXPECT_EQ(outcome(server, "lost"), Failure::revoked);
  EXPECT_EQ(outcome(server, "kept"), Failure::none);
  write_text(path("crl"), std::string(most_list_bytes + 1, 'x'));
  auto options = server_options();
  options.crl = {path("crl")};
  EXPECT_THAT(Context::server(options).error().message, HasSubstr("is larger than 32 MiB"));
}

}  // namespace
}  // namespace tls
