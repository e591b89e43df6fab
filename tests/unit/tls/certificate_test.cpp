// SPDX-License-Identifier: Apache-2.0
#include "tls/certificate.hpp"

#include <gmock/gmock.h>

#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;

class CertificateTest : public Pki {
 protected:
  Certificate read(const Blank& blank) const {
    return read_certificate(mint(blank, &ca_).cert.get());
  }
};

TEST_F(CertificateTest, names_its_owner_in_every_way) {
  const auto certificate =
      read(blank(Purpose::client, "ci-7",
                 {"Runner-7.Corp.Test", "192.0.2.1", "2001:DB8::1", "spiffe://corp/ci/Runner-7"}));
  EXPECT_EQ(certificate.common_name, "ci-7");
  EXPECT_THAT(certificate.dns, ElementsAre("runner-7.corp.test"));
  EXPECT_THAT(certificate.ip, ElementsAre("192.0.2.1", "2001:db8::1"));
  EXPECT_THAT(certificate.uri, ElementsAre("spiffe://corp/ci/Runner-7"));
}

TEST_F(CertificateTest, tells_issuer_key_serial_and_life) {
  const auto since = std::chrono::floor<std::chrono::seconds>(Clock::now() - hours(1));
  auto form = blank(Purpose::client, "x");
  form.not_before = since;
  form.not_after = since + hours(24);
  const auto certificate = read(form);
  EXPECT_EQ(certificate.issuer, "CN=Test CA");
  EXPECT_THAT(certificate.key_sha256, MatchesRegex("[0-9a-f]{64}"));
  EXPECT_THAT(certificate.serial, MatchesRegex("[0-9A-F]{2,34}"));
  EXPECT_EQ(certificate.not_before, since);
  EXPECT_EQ(certificate.not_after, since + hours(24));
}

TEST_F(CertificateTest, the_digest_is_of_the_key_alone) {
  const auto minted = mint(blank(Purpose::client, "x"), &ca_);
  auto certificate = read_certificate(minted.cert.get());
  X509_set_pubkey(minted.cert.get(), ca_.key.get());
  EXPECT_NE(read_certificate(minted.cert.get()).key_sha256, certificate.key_sha256);
  EXPECT_EQ(read_certificate(minted.cert.get()).key_sha256,
            read_certificate(ca_.cert.get()).key_sha256);
}

TEST_F(CertificateTest, leaves_out_a_common_name_that_is_not_the_only_one) {
  const auto minted = mint(blank(Purpose::client, "ci"), &ca_);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(minted.cert.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("admin"), -1, -1, 0);
  EXPECT_EQ(read_certificate(minted.cert.get()).common_name, "");
}

TEST_F(CertificateTest, has_all_units_but_those_with_control_characters) {
  const auto minted = mint(blank(Purpose::client, "ci"), &ca_);
  for (const auto* unit : {"ops", "Jürgen", "dev\n", "qa"})
    X509_NAME_add_entry_by_txt(X509_get_subject_name(minted.cert.get()), "OU", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(unit), -1, -1, 0);
  EXPECT_THAT(read_certificate(minted.cert.get()).organizational_units,
              ElementsAre("ops", "Jürgen", "qa"));
}

TEST_F(CertificateTest, tells_an_issuer_in_letters) {
  const auto issuer = mint(blank(Purpose::authority, "Größe, Müller CA"), nullptr);
  const auto minted = mint(blank(Purpose::client, "ci"), &issuer);
  EXPECT_EQ(read_certificate(minted.cert.get()).issuer, "CN=Größe\\, Müller CA");
}

TEST_F(CertificateTest, leaves_out_names_with_control_characters) {
  for (const auto& name : {std::string("ops\0x", 5), std::string("ops\n"), std::string("\x1b[2J"),
                           std::string("ops\xc2\x9b")})
    EXPECT_EQ(read(blank(Purpose::client, name)).common_name, "") << testing::PrintToString(name);
  EXPECT_EQ(read(blank(Purpose::client, "Jürgen")).common_name, "Jürgen");
  const auto certificate = read(
      blank(Purpose::client, "x",
            {std::string("good.test\0.evil.test", 20), "a b", "spiffe://corp/ci\n", "ok.test"}));
  EXPECT_THAT(certificate.dns, ElementsAre("ok.test"));
  EXPECT_THAT(certificate.uri, IsEmpty());
}

TEST_F(CertificateTest, has_no_uri_where_one_is_left_out_so_that_a_spiffe_id_never_looks_alone) {
  const auto certificate =
      read(blank(Purpose::client, "x", {"spiffe://corp/ci/7", "spiffe://corp/admin\n", "ok.test"}));
  EXPECT_THAT(certificate.uri, IsEmpty());
  EXPECT_THAT(certificate.dns, ElementsAre("ok.test"));
}

TEST_F(CertificateTest, leaves_out_names_without_end) {
  const auto certificate = read(blank(Purpose::client, "x", {std::string(1000, 'a') + ".test"}));
  EXPECT_THAT(certificate.dns, IsEmpty());
}

TEST_F(CertificateTest, has_no_end_that_the_clock_cannot_hold) {
  const auto minted = mint(blank(Purpose::client, "x"), &ca_);
  ASSERT_EQ(ASN1_TIME_set_string(X509_getm_notAfter(minted.cert.get()), "99991231235959Z"), 1);
  EXPECT_GT(read_certificate(minted.cert.get()).not_after, Clock::now() + hours(24 * 365 * 100));
}

}  // namespace
}  // namespace tls
