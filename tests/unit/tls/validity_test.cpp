// SPDX-License-Identifier: Apache-2.0
#include "tls/validity.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "tests/unit/tls/pair.hpp"
#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

/// To the second, as certificates have it.
Clock::time_point in_minutes(int minutes) {
  return std::chrono::floor<std::chrono::seconds>(Clock::now()) + std::chrono::minutes(minutes);
}

class AClientsCertificate : public Pki {
 protected:
  std::shared_ptr<const Context> with_list() const {
    auto options = server_options();
    options.crl = {path("crl")};
    return context(Context::server(options));
  }

  static Clock::time_point end_of(const std::shared_ptr<const Context>& server,
                                  const std::shared_ptr<const Context>& client) {
    Pair pair(server, client);
    EXPECT_TRUE(pair.shake_hands()) << pair.server.failure_text();
    return pair.server.holds_until();
  }
};

TEST_F(AClientsCertificate, holds_until_it_expires) {
  auto brief = blank(Purpose::client, "brief");
  brief.not_after = in_minutes(20);
  write("brief", brief);
  EXPECT_EQ(end_of(server(), client("brief")), brief.not_after);
}

TEST_F(AClientsCertificate, holds_no_longer_than_the_list_of_its_issuer) {
  const auto end = in_minutes(20);
  write_list("crl", {}, Clock::now() - hours(1), end);
  EXPECT_EQ(end_of(with_list(), client()), end);
}

TEST_F(AClientsCertificate, that_is_verified_again_holds_as_long_as_the_list_in_force) {
  write_list("crl", {}, Clock::now() - hours(1), in_minutes(20));
  Pair pair(with_list(), client());
  ASSERT_TRUE(pair.shake_hands());
  const auto end = in_minutes(40);
  write_list("crl", {}, Clock::now() - hours(1), end);
  const auto again = pair.server.verify_again(*with_list());
  EXPECT_EQ(again.failure, Failure::none);
  EXPECT_EQ(again.until, end);
}

TEST_F(AClientsCertificate, that_a_later_list_revokes_does_not_hold) {
  const auto revoked = write("client", blank(Purpose::client, "ci-7"));
  write_list("crl", {});
  Pair pair(with_list(), client());
  ASSERT_TRUE(pair.shake_hands());
  write_list("crl", {revoked.cert.get()});
  EXPECT_EQ(pair.server.verify_again(*with_list()).failure, Failure::revoked);
}

TEST_F(AClientsCertificate, of_an_authority_that_is_no_longer_trusted_does_not_hold) {
  Pair pair(server(), client());
  ASSERT_TRUE(pair.shake_hands());
  write_authority("ca", mint(blank(Purpose::authority, "Other CA"), nullptr));
  EXPECT_EQ(pair.server.verify_again(*server()).failure, Failure::untrusted);
}

TEST_F(AClientsCertificate, that_has_expired_meanwhile_does_not_hold) {
  Pair pair(server(), client());
  ASSERT_TRUE(pair.shake_hands());
  const auto in_force = server();
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(in_force->native()),
                             Clock::to_time_t(in_minutes(90)));
  EXPECT_EQ(pair.server.verify_again(*in_force).failure, Failure::expired);
}

}  // namespace
}  // namespace tls
