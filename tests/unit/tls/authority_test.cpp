// SPDX-License-Identifier: Apache-2.0
#include "tls/authority.hpp"

#include <gmock/gmock.h>
#include <openssl/pem.h>

#include <fstream>
#include <iterator>

#include "tests/unit/tls/pair.hpp"
#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class AuthorityTest : public Pki {
 protected:
  AuthorityTest() : authority_(made(folder())) {}

  std::string folder() const { return folder_ + "/certs"; }
  std::string file(const std::string& name) const { return folder() + "/" + name; }

  static Authority made(const std::string& folder) {
    auto authority = Authority::make(folder, Days(3650));
    EXPECT_TRUE(authority) << authority.error().message;
    return std::move(*authority);
  }

  void issue(const std::string& name, Days life = Days(90)) const {
    const auto entry = authority_.issue_client(name, {"spiffe://corp/" + name}, life);
    ASSERT_TRUE(entry) << entry.error().message;
  }

  void issue_server() const { ASSERT_TRUE(authority_.issue_server({"engine.test"}, Days(365))); }

  /// What the daemon makes of a client with the files as they are now.
  Failure serve(const std::string& name) const {
    const auto of = [&](const std::string& who, const std::string& what) {
      return file(who + "/" + what + ".pem");
    };
    const auto client = "clients/" + name;
    Pair pair(context(Context::server({.cert = of("server", "cert"),
                                       .key = of("server", "key"),
                                       .client_ca = of("server", "ca"),
                                       .crl = {of("ca", "crl")}})),
              context(Context::client({.ca = of(client, "ca"),
                                       .cert = of(client, "cert"),
                                       .key = of(client, "key"),
                                       .server_name = "engine.test"})));
    pair.shake_hands();
    return pair.server.failure();
  }

  /// Writes the signing request of a client that keeps this key to itself. \returns its file
  std::string request_with(const openssl::Key& key) const {
    const openssl::Request request(X509_REQ_new());
    EXPECT_EQ(X509_REQ_set_pubkey(request.get(), key.get()), 1);
    EXPECT_GT(X509_REQ_sign(request.get(), key.get(), EVP_sha256()), 0);
    const openssl::Bio bio(BIO_new(BIO_s_mem()));
    EXPECT_EQ(PEM_write_bio_X509_REQ(bio.get(), request.get()), 1);
    write_text(path("request"), openssl::text_of(bio.get()));
    return path("request");
  }

  static Authority opened(const std::string& folder) {
    auto authority = Authority::open(folder);
    EXPECT_TRUE(authority) << problem(authority);
    return std::move(*authority);
  }

  template <class T>
  static std::string problem(const Result<T>& result) {
    return result ? "" : result.error().message;
  }

  Authority authority_;
};

TEST_F(AuthorityTest, makes_a_server_and_clients_that_trust_each_other) {
  issue_server();
  issue("ci-7");
  EXPECT_EQ(serve("ci-7"), Failure::none);
}

TEST_F(AuthorityTest, writes_into_certificates_what_they_are_for) {
  const auto server = authority_.issue_server({"engine.test", "192.0.2.1", "::1"}, Days(365));
  ASSERT_TRUE(server);
  EXPECT_EQ(server->certificate.common_name, "engine.test");
  EXPECT_THAT(server->certificate.dns, ElementsAre("engine.test"));
  EXPECT_THAT(server->certificate.ip, ElementsAre("192.0.2.1", "::1"));
  const auto client =
      authority_.issue_client("ops@corp", {"spiffe://corp/ops", "ops.test"}, Days(90));
  ASSERT_TRUE(client);
  EXPECT_EQ(client->certificate.common_name, "ops@corp");
  EXPECT_THAT(client->certificate.uri, ElementsAre("spiffe://corp/ops"));
  EXPECT_THAT(client->certificate.dns, ElementsAre("ops.test"));
  EXPECT_NE(client->certificate.serial, server->certificate.serial);
}

TEST_F(AuthorityTest, dates_certificates_back_for_late_clocks_and_not_beyond_its_own_end) {
  const auto client = authority_.issue_client("long", {}, Days(36500));
  ASSERT_TRUE(client);
  EXPECT_LT(client->certificate.not_before, Clock::now() - std::chrono::minutes(4));
  EXPECT_EQ(client->certificate.not_after, authority_.list()->entries[0].certificate.not_after);
}

TEST_F(AuthorityTest, revokes_every_certificate_of_a_client) {
  issue_server();
  issue("lost", Days(10));
  issue("kept");
  const auto text_of = [this](const std::string& name) {
    std::ifstream in(file(name));
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const auto old = text_of("clients/lost/cert.pem"), old_key = text_of("clients/lost/key.pem");
  ASSERT_TRUE(authority_.renew(Days(30)));
  EXPECT_EQ(serve("lost"), Failure::none);
  const auto revoked = authority_.revoke_client("lost");
  ASSERT_TRUE(revoked) << problem(revoked);
  EXPECT_THAT(revoked->entries, SizeIs(2))
      << "the one before it was renewed is as good as the new one";
  EXPECT_EQ(serve("lost"), Failure::revoked);
  write_text(file("clients/lost/cert.pem"), old);
  write_text(file("clients/lost/key.pem"), old_key);
  EXPECT_EQ(serve("lost"), Failure::revoked);
  EXPECT_EQ(serve("kept"), Failure::none);
}

TEST_F(AuthorityTest, revokes_a_client_whose_folder_has_been_taken_away) {
  issue("gone");
  std::filesystem::remove_all(file("clients/gone"));
  EXPECT_THAT(authority_.revoke_client("gone")->entries, SizeIs(1));
}

TEST_F(AuthorityTest, keeps_what_was_revoked_earlier) {
  issue_server();
  for (const auto* name : {"a", "b", "c"}) {
    issue(name);
    ASSERT_TRUE(authority_.revoke_client(name));
  }
  ASSERT_TRUE(authority_.renew_list());
  for (const auto* name : {"a", "b", "c"}) EXPECT_EQ(serve(name), Failure::revoked) << name;
}

TEST_F(AuthorityTest, revokes_nobody_it_does_not_know_and_is_content_where_it_is_done) {
  EXPECT_THAT(problem(authority_.revoke_client("nobody")),
              HasSubstr("'nobody' has no certificate"));
  issue_server();
  issue("once");
  ASSERT_TRUE(authority_.revoke_client("once"));
  std::filesystem::remove(file("server/crl.pem"));
  EXPECT_THAT(authority_.revoke_client("once")->entries, SizeIs(1));
  EXPECT_TRUE(authority_.list_ends()) << "the list is written again";
}

TEST_F(AuthorityTest, does_not_renew_a_client_that_expired_long_ago) {
  issue_server();
  for (const auto& [name, days] : {std::pair{"late", 6}, std::pair{"gone", 8}}) {
    issue(name);
    auto over = blank(Purpose::client, name);
    over.not_before = Clock::now() - Days(90);
    over.not_after = Clock::now() - Days(days);
    const auto minted = mint(over, nullptr);
    write_text(file("clients/" + std::string(name) + "/cert.pem"), pem_of(minted.cert.get()));
    write_text(file("clients/" + std::string(name) + "/key.pem"), pem_of(minted.key.get()));
  }
  const auto renewed = authority_.renew(Days(30));
  ASSERT_TRUE(renewed) << problem(renewed);
  ASSERT_THAT(renewed->entries, SizeIs(1));
  EXPECT_EQ(renewed->entries[0].certificate.common_name, "late");
  ASSERT_THAT(renewed->left_out, SizeIs(1));
  EXPECT_EQ(renewed->left_out[0].certificate.common_name, "gone");
}

TEST_F(AuthorityTest, makes_a_pair_anew_whose_key_and_certificate_do_not_match) {
  issue_server();
  issue("ci");
  write_text(file("clients/ci/key.pem"), pem_of(new_key().get()));
  ASSERT_THAT(authority_.list()->problems, SizeIs(1));
  EXPECT_THAT(authority_.list()->problems[0].message, HasSubstr("is not the key of cert.pem"));
  EXPECT_THAT(authority_.renew(Days(1))->entries, SizeIs(1));
  EXPECT_EQ(serve("ci"), Failure::none);
}

TEST_F(AuthorityTest, renews_what_ends_soon_with_the_same_names_and_a_new_key) {
  issue_server();
  issue("soon", Days(10));
  issue("later", Days(90));
  issue("lost", Days(10));
  ASSERT_TRUE(authority_.revoke_client("lost"));
  const auto before = authority_.list()->entries;
  const auto renewed = authority_.renew(Days(30));
  ASSERT_TRUE(renewed) << problem(renewed);
  ASSERT_THAT(renewed->entries, SizeIs(1));
  const auto& now = renewed->entries.front().certificate;
  EXPECT_EQ(now.common_name, "soon");
  EXPECT_THAT(now.uri, ElementsAre("spiffe://corp/soon"));
  for (const auto& entry : before) EXPECT_NE(entry.certificate.key_sha256, now.key_sha256);
  EXPECT_GT(now.not_after, Clock::now() + Days(9));
  EXPECT_LT(now.not_after, Clock::now() + Days(11));
  EXPECT_EQ(serve("soon"), Failure::none);
  EXPECT_THAT(authority_.renew(Days(400))->entries, SizeIs(3)) << "the server, and both clients";
  EXPECT_EQ(serve("later"), Failure::none);
}

TEST_F(AuthorityTest, a_renewed_key_can_be_read_by_whom_the_old_one_could) {
  issue_server();
  const auto key = file("server/key.pem");
  ASSERT_EQ(::chmod(key.c_str(), 0640), 0);
  issue_server();
  struct stat status{};
  ASSERT_EQ(::stat(key.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST_F(AuthorityTest, issues_no_second_certificate_unless_the_first_is_revoked) {
  issue_server();
  issue("ci");
  EXPECT_THAT(problem(authority_.issue_client("ci", {}, Days(90))), HasSubstr("exists already"));
  ASSERT_TRUE(authority_.revoke_client("ci"));
  issue("ci");
  EXPECT_EQ(serve("ci"), Failure::none);
}

TEST_F(AuthorityTest, refuses_names_that_lead_out_of_its_folder_or_say_nothing) {
  for (const auto* name : {"", ".", "..", "../x", "a/b", ".hidden", "-x", "a b", "a\n", "ä"})
    EXPECT_THAT(problem(authority_.issue_client(name, {}, Days(1))),
                HasSubstr("is not a client's name"))
        << name;
  EXPECT_THAT(problem(authority_.issue_client(std::string(65, 'a'), {}, Days(1))),
              HasSubstr("is not a client's name"));
  for (const auto* name : {"", "a b", "spiffe://", "://x", "x,DNS:y", "10.0.0.256", "a..b"})
    EXPECT_THAT(problem(authority_.issue_client("x", {name}, Days(1))),
                HasSubstr("is not a host name"))
        << name;
  EXPECT_THAT(problem(authority_.issue_server({"http://x"}, Days(1))),
              HasSubstr("is not a host name"));
  EXPECT_THAT(problem(authority_.issue_server({}, Days(1))), HasSubstr("needs a host name"));
}

class Opened : public AuthorityTest {
 protected:
  /// Whoever opens it waits for who has it.
  Opened() { authority_ = made(folder_ + "/other"); }
};

TEST_F(Opened, is_never_made_over_another) {
  {
    const auto opened = Authority::open(folder());
    ASSERT_TRUE(opened->issue_server({"engine.test"}, Days(1)));
  }
  EXPECT_THAT(problem(Authority::make(folder(), Days(1))), HasSubstr("ca/ca.pem exists already"));
  std::filesystem::remove(file("ca/ca.pem"));
  EXPECT_THAT(problem(Authority::make(folder(), Days(1))), HasSubstr("ca-key.pem exists already"));
}

TEST_F(Opened, does_what_the_one_that_made_it_did) {
  const auto opened = Authority::open(folder());
  ASSERT_TRUE(opened) << problem(opened);
  EXPECT_TRUE(opened->issue_client("ci", {}, Days(1)));
  EXPECT_THAT(opened->list()->entries, SizeIs(2));
  EXPECT_GT(*opened->list_ends(), Clock::now() + Days(29));
}

TEST_F(Opened, needs_its_own_files) {
  EXPECT_THAT(problem(Authority::open(folder_ + "/nowhere")),
              AllOf(HasSubstr("ca/ca.pem is not there"), HasSubstr("tidegate certs init")));
  ASSERT_EQ(::chmod(file("ca/ca-key.pem").c_str(), 0644), 0);
  EXPECT_THAT(problem(Authority::open(folder())), HasSubstr("run `chmod 600 "));
  write_text(file("ca/ca-key.pem"), pem_of(ca_.key.get()));
  EXPECT_THAT(problem(Authority::open(folder())), HasSubstr("is not the key of"));
}

TEST_F(Opened, signs_no_list_that_is_not_its_own) {
  const auto opened = Authority::open(folder());
  ASSERT_TRUE(opened->issue_client("ci", {}, Days(1)));
  write_list("foreign", {});
  std::filesystem::copy_file(path("foreign"), file("ca/crl.pem"),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(problem(opened->revoke_client("ci")),
              HasSubstr("does not have exactly one list that"));
  EXPECT_THAT(problem(opened->renew_list()), HasSubstr("does not have exactly one list that"));
}

TEST_F(AuthorityTest, does_not_sign_a_key_again_that_an_ended_authority_has_revoked) {
  const auto other = folder_ + "/other";
  const auto request = request_with(new_key());
  {
    const auto first = made(other);
    ASSERT_TRUE(first.issue_server({"engine.test"}, Days(90)));
    ASSERT_TRUE(first.issue_client("lost", {}, Days(90), request));
    ASSERT_TRUE(first.revoke_client("lost"));
    ASSERT_FALSE(first.begin_rollover(Days(900)));
  }
  ASSERT_TRUE(opened(other).finish_rollover());
  const auto second = opened(other);
  EXPECT_THAT(problem(second.issue_client("found", {}, Days(90), request)),
              HasSubstr("has the key of a certificate that was revoked"));
  EXPECT_EQ(problem(second.issue_client("found", {}, Days(90), request_with(new_key()))), "");
}

/// The bytes that this process has read so far.
std::size_t bytes_read() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::size_t bytes = 0;
  io >> name >> bytes;
  EXPECT_EQ(name, "rchar:");
  return bytes;
}

TEST_F(AuthorityTest, reads_its_lists_once_for_all_that_it_renews) {
  issue_server();
  constexpr int clients = 8;
  for (int i = 0; i < clients; ++i) issue("ci-" + std::to_string(i));
  const Minted ca{std::move(read_certificates(file("ca/ca.pem"))->front()),
                  std::move(*read_key(file("ca/ca-key.pem")))};
  std::vector<openssl::Cert> revoked;
  std::vector<const X509*> serials;
  for (int i = 0; i < 5000; ++i) {
    revoked.emplace_back(X509_new());
    ASSERT_EQ(ASN1_INTEGER_set(X509_get_serialNumber(revoked.back().get()), i + 1), 1);
    serials.push_back(revoked.back().get());
  }
  const auto list = pem_of(
      mint_list(ca, nullptr, serials, Clock::now() - hours(1), Clock::now() + hours(24)).get());
  write_text(file("ca/crl.pem"), list);
  write_text(file("server/crl.pem"), list);
  const auto before = bytes_read();
  const auto outcome = authority_.renew(Days(200));
  ASSERT_TRUE(outcome);
  EXPECT_THAT(outcome->entries, SizeIs(clients));
  EXPECT_LT(bytes_read() - before, 3 * list.size()) << "two copies";
}

}  // namespace
}  // namespace tls
