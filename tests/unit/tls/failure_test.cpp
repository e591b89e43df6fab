// SPDX-License-Identifier: Apache-2.0
#include "tls/failure.hpp"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include "tests/unit/tls/pair.hpp"
#include "tests/unit/tls/pki.hpp"
#include "tls/chain_bound.hpp"

namespace tls {
namespace {

using testing::HasSubstr;

/// What the server makes of a client.
class ServerRefuses : public Pki {
 protected:
  void expect(const std::shared_ptr<const Context>& server_context,
              const std::shared_ptr<const Context>& client_context, Failure failure,
              const std::string& text) {
    Pair pair(server_context, client_context);
    EXPECT_FALSE(pair.shake_hands());
    EXPECT_EQ(pair.server.failure(), failure) << pair.server.failure_text();
    EXPECT_THAT(pair.server.failure_text(), HasSubstr(text));
    refused_ = pair.server.peer();
  }

  void expect_client(const std::string& name, Failure failure, const std::string& text) {
    expect(server(), client(name), failure, text);
    ASSERT_TRUE(refused_) << "the record of a refusal says whose certificate it was";
    EXPECT_EQ(refused_->common_name, name);
  }

  /// What the server makes of bytes that are no TLS.
  Failure failure_for(const std::string& bytes) const {
    const Sockets sockets;
    Stream stream(server(), sockets.server());
    EXPECT_EQ(::write(sockets.client(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
    EXPECT_EQ(stream.handshake().progress, Progress::failed);
    EXPECT_NE(stream.failure_text(), "");
    return stream.failure();
  }

  ServerOptions with_list(const std::string& name) const {
    auto options = server_options();
    options.crl = {path(name)};
    return options;
  }

  static openssl::Crl list_of(const Minted& authority) {
    return mint_list(authority, nullptr, {}, Clock::now() - hours(1), Clock::now() + hours(1));
  }

  /// Beside the first, which then is the one without a list.
  void trust_another_authority() const {
    const auto other = mint(blank(Purpose::authority, "Other CA"), nullptr);
    write_text(path("ca"), pem_of(ca_.cert.get()) + pem_of(other.cert.get()));
    write_text(path("crl"), pem_of(list_of(other).get()));
  }

  std::optional<Certificate> refused_;
};

TEST_F(ServerRefuses, a_client_without_a_certificate) {
  auto options = client_options();
  options.cert = options.key = "";
  expect(server(), context(Context::client(options)), Failure::no_certificate, "certificate");
  EXPECT_FALSE(refused_);
}

TEST_F(ServerRefuses, a_client_of_another_authority) {
  const auto other = mint(blank(Purpose::authority, "Other CA"), nullptr);
  write("stranger", blank(Purpose::client, "stranger"), &other);
  expect_client("stranger", Failure::untrusted, "issuer certificate");
}

TEST_F(ServerRefuses, a_client_of_another_authority_with_the_same_name) {
  const auto other = mint(blank(Purpose::authority, "Test CA"), nullptr);
  write("stranger", blank(Purpose::client, "stranger"), &other);
  expect_client("stranger", Failure::untrusted, "");
}

TEST_F(ServerRefuses, a_client_that_signs_itself) {
  auto self = mint(blank(Purpose::authority, "self"), nullptr);
  write_text(path("self"), pem_of(self.cert.get()));
  write_text(path("self-key"), pem_of(self.key.get()));
  // Clients with such a certificate exist, though ours does not show one.
  auto context = client();
  ASSERT_EQ(SSL_CTX_use_certificate(context->native(), self.cert.get()), 1);
  ASSERT_EQ(SSL_CTX_use_PrivateKey(context->native(), self.key.get()), 1);
  expect(server(), context, Failure::untrusted, "self-signed");
}

TEST_F(ServerRefuses, an_expired_certificate) {
  auto late = blank(Purpose::client, "late");
  late.not_after = Clock::now() - hours(1);
  late.not_before = Clock::now() - hours(2);
  write("late", late);
  expect_client("late", Failure::expired, "certificate has expired");
}

TEST_F(ServerRefuses, a_certificate_of_the_future) {
  auto early = blank(Purpose::client, "early");
  early.not_before = Clock::now() + hours(1);
  early.not_after = Clock::now() + hours(2);
  write("early", early);
  expect_client("early", Failure::not_yet_valid, "not yet valid");
}

TEST_F(ServerRefuses, a_server_certificate_shown_by_a_client) {
  const auto other = write("other", blank(Purpose::server, "other"));
  auto context = client();
  ASSERT_EQ(SSL_CTX_use_certificate(context->native(), other.cert.get()), 1);
  ASSERT_EQ(SSL_CTX_use_PrivateKey(context->native(), other.key.get()), 1);
  expect(server(), context, Failure::wrong_purpose, "purpose");
  ASSERT_TRUE(refused_);
  EXPECT_EQ(refused_->common_name, "other");
}

TEST_F(ServerRefuses, a_revoked_certificate) {
  const auto lost = write("lost", blank(Purpose::client, "lost"));
  write_list("crl", {lost.cert.get()});
  expect(context(Context::server(with_list("crl"))), client("lost"), Failure::revoked, "revoked");
  Pair pair(context(Context::server(with_list("crl"))), client());
  EXPECT_TRUE(pair.shake_hands()) << "others of the same authority are served";
}

TEST_F(ServerRefuses, everyone_where_the_list_has_expired) {
  write_list("crl", {}, Clock::now() - hours(2), Clock::now() - hours(1));
  expect(context(Context::server(with_list("crl"))), client(), Failure::list_unusable, "expired");
}

TEST_F(ServerRefuses, everyone_where_the_list_is_of_the_future) {
  write_list("crl", {}, Clock::now() + hours(1), Clock::now() + hours(2));
  expect(context(Context::server(with_list("crl"))), client(), Failure::list_unusable, "not yet");
}

TEST_F(ServerRefuses, clients_of_an_authority_without_a_list_where_there_are_lists) {
  trust_another_authority();
  expect(context(Context::server(with_list("crl"))), client(), Failure::list_unusable, "CRL");
}

TEST_F(ServerRefuses, a_list_that_somebody_else_has_signed) {
  trust_another_authority();
  const auto namesake = mint(blank(Purpose::authority, "Test CA"), nullptr);
  std::ofstream(path("crl"), std::ios::app) << pem_of(list_of(namesake).get());
  expect(context(Context::server(with_list("crl"))), client(), Failure::list_unusable, "");
}

TEST_F(ServerRefuses, versions_below_the_least) {
  auto old = client();
  SSL_CTX_set_security_level(old->native(), 0);
  SSL_CTX_set_cipher_list(old->native(), "ALL:@SECLEVEL=0");
  SSL_CTX_set_min_proto_version(old->native(), TLS1_1_VERSION);
  SSL_CTX_set_max_proto_version(old->native(), TLS1_1_VERSION);
  expect(server(), old, Failure::version, "unsupported protocol");

  auto options = server_options();
  options.least = Version::tls1_3;
  auto tls1_2 = client();
  SSL_CTX_set_max_proto_version(tls1_2->native(), TLS1_2_VERSION);
  expect(context(Context::server(options)), tls1_2, Failure::version, "unsupported protocol");
  Pair pair(server(), tls1_2);
  EXPECT_TRUE(pair.shake_hands()) << "TLS 1.2 is served where the listener says so";
}

TEST_F(ServerRefuses, ciphers_of_tls1_2_without_forward_secrecy_or_aead) {
  for (const auto* ciphers : {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256"}) {
    auto weak = client();
    SSL_CTX_set_max_proto_version(weak->native(), TLS1_2_VERSION);
    ASSERT_EQ(SSL_CTX_set_cipher_list(weak->native(), ciphers), 1);
    expect(server(), weak, Failure::protocol, "no shared cipher");
  }
}

TEST_F(ServerRefuses, plain_http) {
  for (const auto* request : {"GET /_ping HTTP/1.1\r\n\r\n", "POST /containers/create HTTP/1.1\r\n",
                              "HEAD /_ping HTTP/1.1\r\n", "CONNECT engine:2376 HTTP/1.1\r\n\r\n"})
    EXPECT_EQ(failure_for(request), Failure::plain_http) << request;
  for (const auto* not_known_as_such :
       {"DELETE /containers/x HTTP/1.1\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n"})
    EXPECT_EQ(failure_for(not_known_as_such), Failure::not_tls) << not_known_as_such;
}

TEST_F(ServerRefuses, bytes_that_are_nothing) {
  EXPECT_EQ(failure_for("SSH-2.0-OpenSSH_9.2\r\n"), Failure::not_tls);
  EXPECT_EQ(failure_for(std::string("\x16\x03\x01\xff\xff", 5) + std::string(100, '\0')),
            Failure::not_tls);
}

TEST_F(ServerRefuses, records_without_tls_behind_a_hello_as_a_failure_of_the_protocol) {
  const std::string request = "GET /_ping HTTP/1.1\r\n\r\n";
  for (const bool is_finished : {false, true}) {
    Pair pair(server(), client());
    EXPECT_EQ(pair.client.handshake().progress, Progress::want_read);
    EXPECT_EQ(pair.server.handshake().progress, Progress::want_read);
    if (is_finished) EXPECT_TRUE(pair.shake_hands());
    ASSERT_GT(::write(pair.sockets().client(), request.data(), request.size()), 0);
    std::string ignored;
    EXPECT_EQ(Pair::take(pair.server, ignored).progress, Progress::failed);
    EXPECT_EQ(pair.server.failure(), Failure::protocol) << pair.server.failure_text();
  }
}

TEST_F(ServerRefuses, protocols_other_than_http1_1) {
  auto other = client();
  const std::string h2("\x02h2");
  const auto* bytes = reinterpret_cast<const unsigned char*>(h2.data());
  ASSERT_EQ(SSL_CTX_set_alpn_protos(other->native(), bytes, 3), 0);
  expect(server(), other, Failure::protocol, "no application protocol");
}

TEST_F(ServerRefuses, more_certificates_than_a_chain_can_have) {
  const auto leaf = write("many", blank(Purpose::client, "many"), &ca_);
  const auto with_others = [&](int count) {
    auto chain = pem_of(leaf.cert.get());
    for (int i = 0; i < count; ++i) chain += pem_of(ca_.cert.get());
    write_text(path("many"), chain);
  };
  for (const auto least : {Version::tls1_2, Version::tls1_3}) {
    auto options = server_options();
    options.least = least;
    const auto serving = context(Context::server(options));
    if (least == Version::tls1_2) SSL_CTX_set_max_proto_version(serving->native(), TLS1_2_VERSION);
    with_others(most_certificates - 1);
    Pair most(serving, client("many"));
    EXPECT_TRUE(most.shake_hands()) << most.server.failure_text();
    with_others(most_certificates);
    expect(serving, client("many"), Failure::protocol, "sent more than 8 certificates");
    EXPECT_FALSE(refused_) << "none of them was read";
  }
}

TEST_F(ServerRefuses, certificates_that_are_too_large_together) {
  auto names = blank(Purpose::client, "large");
  const auto write_names = [&](std::size_t bytes) {
    names.names.assign(bytes / 100, std::string(98, 'a'));
    write("large", names, &ca_);
  };
  write_names(std::size_t{31} * 1024);
  Pair most(server(), client("large"));
  EXPECT_TRUE(most.shake_hands()) << most.server.failure_text();
  write_names(std::size_t{33} * 1024);
  expect(server(), client("large"), Failure::protocol, "excessive message size");
}

TEST_F(ServerRefuses, a_client_that_leaves_in_the_handshake) {
  Sockets sockets;
  Stream stream(server(), sockets.server());
  EXPECT_EQ(stream.handshake().progress, Progress::want_read);
  sockets.close_client();
  EXPECT_EQ(stream.handshake().progress, Progress::failed);
  EXPECT_EQ(stream.failure(), Failure::broken_off) << stream.failure_text();
  EXPECT_EQ(stream.handshake().progress, Progress::failed) << "a failure is for good";
}

/// What our own client makes of a server.
class ClientRefuses : public ServerRefuses {
 protected:
  void expect_server(const ClientOptions& options, Failure failure, const std::string& text) {
    Pair pair(server(), context(Context::client(options)));
    EXPECT_FALSE(pair.shake_hands());
    EXPECT_EQ(pair.client.failure(), failure) << pair.client.failure_text();
    EXPECT_THAT(pair.client.failure_text(), HasSubstr(text));
    EXPECT_EQ(pair.server.failure(), Failure::refused_by_peer) << pair.server.failure_text();
  }
};

TEST_F(ClientRefuses, a_server_of_another_name_or_address) {
  auto options = client_options();
  options.server_name = "other.test";
  expect_server(options, Failure::untrusted, "hostname mismatch");
  options.server_name = "127.0.0.2";
  expect_server(options, Failure::untrusted, "IP address mismatch");
  options.server_name = "engine";
  expect_server(options, Failure::untrusted,
                "hostname mismatch");  // the common name does not count
}

TEST_F(ClientRefuses, a_server_of_another_authority) {
  write_authority("other", mint(blank(Purpose::authority, "Other CA"), nullptr));
  auto options = client_options();
  options.ca = path("other");
  expect_server(options, Failure::untrusted, "issuer certificate");
}

TEST_F(ClientRefuses, an_engine_that_speaks_plain_http) {
  const Sockets sockets;
  Stream stream(client(), sockets.client());
  EXPECT_EQ(stream.handshake().progress, Progress::want_read);
  const std::string answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
  ASSERT_GT(::write(sockets.server(), answer.data(), answer.size()), 0);
  EXPECT_EQ(stream.handshake().progress, Progress::failed);
  EXPECT_EQ(stream.failure(), Failure::not_tls) << stream.failure_text();
}

TEST_F(ClientRefuses, to_go_on_when_the_server_has_refused_it) {
  auto options = client_options();
  options.cert = options.key = "";
  Pair pair(server(), context(Context::client(options)));
  pair.shake_hands();
  std::string ignored;
  EXPECT_EQ(Pair::take(pair.client, ignored).progress, Progress::failed);
  EXPECT_EQ(pair.client.failure(), Failure::refused_by_peer) << pair.client.failure_text();
}

}  // namespace
}  // namespace tls
