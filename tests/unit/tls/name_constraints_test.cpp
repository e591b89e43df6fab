// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <openssl/conf.h>

#include "tests/unit/tls/pair.hpp"
#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

using Config = openssl::Owned<CONF, NCONF_free>;

/// A sub-authority that its root allows some names only, and a client with names that the
/// sub-authority has signed all the same.
class NameConstraints : public Pki {
 protected:
  /// \param names of a client's certificate, as openssl writes them: "DNS:a.corp,email:a@corp"
  /// \param subject its fields: {"O", "Corp"}
  struct Leaf {
    std::string names;
    std::vector<std::pair<std::string, std::string>> subject;
  };

  NameConstraints() {
    set(root_, NID_basic_constraints, "critical,CA:TRUE", root_);
    write_authority("root", root_);
  }

  static void set(const Minted& minted, int nid, const std::string& value, const Minted& issuer) {
    // Sections that directory names are in.
    static constexpr const char* sections =
        "[corp_ci]\nO=Corp\nOU=CI\n[corp_ops]\nO=Corp\nOU=Ops\n";
    const Config config(NCONF_new(nullptr));
    const auto text = openssl::reader_of(sections);
    long line = 0;
    ASSERT_EQ(NCONF_load_bio(config.get(), text.get(), &line), 1);
    auto* cert = minted.cert.get();
    const openssl::Extension old(X509_delete_ext(cert, X509_get_ext_by_NID(cert, nid, -1)));
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer.cert.get(), cert, nullptr, nullptr, 0);
    X509V3_set_nconf(&context, config.get());
    const openssl::Extension made(X509V3_EXT_nconf_nid(config.get(), &context, nid, value.c_str()));
    ASSERT_NE(made, nullptr) << value << ": " << openssl::last_error();
    ASSERT_EQ(X509_add_ext(cert, made.get(), -1), 1);
    ASSERT_GT(X509_sign(cert, issuer.key.get(), EVP_sha256()), 0);
  }

  /// Whether a listener that trusts the root serves the client.
  bool serves(const std::string& constraints, const Leaf& wanted) const {
    const auto between = mint(blank(Purpose::authority, "Between"), &root_);
    set(between, NID_name_constraints, "critical," + constraints, root_);
    auto leaf = write("leaf", blank(Purpose::client, ""), &between);
    auto* subject = X509_get_subject_name(leaf.cert.get());
    for (const auto& [field, value] : wanted.subject)
      X509_NAME_add_entry_by_txt(subject, field.c_str(), MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1, 0);
    set(leaf, NID_basic_constraints, "critical,CA:FALSE", between);
    if (!wanted.names.empty()) set(leaf, NID_subject_alt_name, wanted.names, between);
    write_text(path("leaf"), pem_of(leaf.cert.get()) + pem_of(between.cert.get()));
    auto options = server_options();
    options.client_ca = path("root");
    const auto serving = context(Context::server(options));
    Pair pair(serving, client("leaf"));
    const bool served = pair.shake_hands();
    EXPECT_EQ(pair.server.failure(), served ? Failure::none : Failure::untrusted)
        << pair.server.failure_text();
    if (served) EXPECT_EQ(pair.server.verify_again(*serving).failure, Failure::none);
    return served;
  }

  Minted root_ = mint(blank(Purpose::authority, "Root"), nullptr);
};

TEST_F(NameConstraints, bound_host_names) {
  for (const std::string bound : {"permitted;DNS:ci.corp", "excluded;DNS:ops.corp"}) {
    EXPECT_TRUE(serves(bound, {"DNS:a.ci.corp", {}})) << bound;
    EXPECT_FALSE(serves(bound, {"DNS:a.ops.corp", {}})) << bound;
    EXPECT_FALSE(serves(bound, {"DNS:A.OPS.CORP", {}})) << bound;
    EXPECT_FALSE(serves(bound, {"DNS:a.ci.corp,DNS:a.ops.corp", {}})) << bound;
  }
  EXPECT_FALSE(serves("permitted;DNS:ci.corp", {"DNS:evilci.corp", {}}));
}

TEST_F(NameConstraints, bound_a_common_name_that_looks_like_a_host_name) {
  for (const std::string bound : {"permitted;DNS:ci.corp", "excluded;DNS:ops.corp"}) {
    EXPECT_TRUE(serves(bound, {"", {{"CN", "a.ci.corp"}}})) << bound;
    EXPECT_FALSE(serves(bound, {"", {{"CN", "a.ops.corp"}}})) << bound;
    EXPECT_FALSE(serves(bound, {"URI:spiffe://corp/ci", {{"CN", "a.ops.corp"}}})) << bound;
    EXPECT_FALSE(serves(bound, {"DNS:a.ci.corp", {{"CN", "a.ops.corp"}}}))
        << bound << ", and not only without alternative names";
  }
}

TEST_F(NameConstraints, bound_addresses) {
  for (const std::string bound :
       {"permitted;IP:10.1.0.0/255.255.0.0", "excluded;IP:10.2.0.0/255.255.0.0"}) {
    EXPECT_TRUE(serves(bound, {"IP:10.1.2.3", {}})) << bound;
    EXPECT_FALSE(serves(bound, {"IP:10.2.2.3", {}})) << bound;
    EXPECT_FALSE(serves(bound, {"IP:10.1.2.3,IP:10.2.2.3", {}})) << bound;
  }
  EXPECT_FALSE(serves("permitted;IP:10.1.0.0/255.255.0.0", {"IP:2001:db8::1", {}}));
}

TEST_F(NameConstraints, bound_the_hosts_of_uris) {
  for (const std::string bound : {"permitted;URI:ci.corp", "excluded;URI:ops.corp"}) {
    EXPECT_TRUE(serves(bound, {"URI:spiffe://ci.corp/runner/7", {}})) << bound;
    EXPECT_FALSE(serves(bound, {"URI:spiffe://ops.corp/anna", {}})) << bound;
    EXPECT_FALSE(serves(bound, {"URI:spiffe://OPS.corp/anna", {}})) << bound;
    EXPECT_FALSE(serves(bound, {"URI:spiffe://ci.corp/7,URI:spiffe://ops.corp/anna", {}})) << bound;
  }
  EXPECT_FALSE(serves("permitted;URI:ci.corp", {"URI:spiffe:ops", {}})) << "a URI without a host";
  EXPECT_FALSE(serves("permitted;URI:ci.corp", {"URI:spiffe://ops.corp/ci.corp", {}}));
  EXPECT_FALSE(serves("permitted;URI:ci.corp", {"URI:spiffe://ci.corp@ops.corp/anna", {}}));
}

TEST_F(NameConstraints, bound_email_addresses_as_alternative_names_and_in_the_subject) {
  for (const std::string bound : {"permitted;email:ci.corp", "excluded;email:ops.corp"}) {
    EXPECT_TRUE(serves(bound, {"email:runner@ci.corp", {}})) << bound;
    EXPECT_FALSE(serves(bound, {"email:anna@ops.corp", {}})) << bound;
    EXPECT_FALSE(serves(bound, {"email:anna@OPS.corp", {}})) << bound;
    EXPECT_FALSE(serves(bound, {"email:runner@ci.corp,email:anna@ops.corp", {}})) << bound;
    EXPECT_FALSE(serves(bound, {"", {{"emailAddress", "anna@ops.corp"}}})) << bound;
  }
}

TEST_F(NameConstraints, bound_the_subject) {
  const std::string only_ci = "permitted;dirName:corp_ci", no_ops = "excluded;dirName:corp_ops";
  for (const auto& bound : {only_ci, no_ops}) {
    EXPECT_TRUE(serves(bound, {"", {{"O", "Corp"}, {"OU", "CI"}, {"CN", "7"}}})) << bound;
    EXPECT_FALSE(serves(bound, {"", {{"O", "Corp"}, {"OU", "Ops"}, {"CN", "anna"}}})) << bound;
    EXPECT_FALSE(serves(bound, {"", {{"O", "CORP"}, {"OU", "ops"}, {"CN", "anna"}}})) << bound;
  }
  EXPECT_FALSE(serves(only_ci, {"", {{"CN", "anna"}}}));
}

TEST_F(NameConstraints, that_openssl_cannot_check_refuse_every_certificate_with_such_names) {
  EXPECT_FALSE(serves("permitted;RID:1.2.3", {"RID:1.2.3.4,DNS:a.ci.corp", {}}));
}

}  // namespace
}  // namespace tls
