// SPDX-License-Identifier: Apache-2.0
#include "tls/tickets.hpp"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <thread>

#include "tests/unit/tls/pair.hpp"
#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

using Session = std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)>;

/// Where the client's context puts the last session that it was given.
Session& last_session() {
  static Session session(nullptr, SSL_SESSION_free);
  return session;
}

int tickets = 0;

int keep(SSL*, SSL_SESSION* session) {
  last_session().reset(session);
  ++tickets;
  return 1;
}

/// A client of OpenSSL's own, that resumes where it can.
class Tickets : public Pki {
 protected:
  Tickets() { use_client("client"); }
  ~Tickets() override { last_session().reset(); }

  void use_client(const std::string& name) {
    client_ = client(name);
    SSL_CTX_set_session_cache_mode(client_->native(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(client_->native(), keep);
    last_session().reset();
    tickets = 0;
  }

  struct Outcome {
    bool served = false, resumed = false;
    Failure failure = Failure::none;
    Clock::time_point holds_until;
  };

  Outcome connect(const std::shared_ptr<const Context>& context) {
    const Sockets sockets;
    Stream server(context, sockets.server());
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(client_->native()), SSL_free);
    SSL_set_fd(ssl.get(), sockets.client());
    SSL_set_connect_state(ssl.get());
    if (last_session() != nullptr) SSL_set_session(ssl.get(), last_session().get());
    Step step{Progress::want_read};
    for (int round = 0; round < 5 && waits(step); ++round) {
      SSL_do_handshake(ssl.get());
      step = server.handshake();
    }
    if (step.progress == Progress::done) {
      char byte = 0;
      server.write("x");
      SSL_read(ssl.get(), &byte, 1);  // takes the ticket, too
    }
    SSL_set_shutdown(ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // else it is no good
    const bool served = step.progress == Progress::done;
    return {served, SSL_session_reused(ssl.get()) == 1, server.failure(),
            served ? server.holds_until() : Clock::time_point()};
  }

  std::shared_ptr<const Context> scoped(const std::string& scope) const {
    auto options = server_options();
    options.scope = scope;
    return context(Context::server(options));
  }

  std::shared_ptr<const Context> client_;
};

TEST_F(Tickets, one_is_given_and_resumes_the_session) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX_set_max_proto_version(client_->native(), version);
    last_session().reset();
    tickets = 0;
    const auto listener = server();
    EXPECT_FALSE(connect(listener).resumed);
    EXPECT_EQ(tickets, 1);
    EXPECT_TRUE(connect(listener).resumed);
  }
}

TEST_F(Tickets, resume_on_the_listener_only_that_began_the_session) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX_set_max_proto_version(client_->native(), version);
    last_session().reset();
    const auto long_name = std::string(100, 'a');
    const auto one = scoped(long_name + "1"), other = scoped(long_name + "2");
    ASSERT_TRUE(connect(one).served);
    const Session begun(SSL_SESSION_dup(last_session().get()), SSL_SESSION_free);
    const auto elsewhere = connect(other);
    EXPECT_TRUE(elsewhere.served) << "by a full handshake";
    EXPECT_FALSE(elsewhere.resumed);
    last_session().reset(SSL_SESSION_dup(begun.get()));
    EXPECT_TRUE(connect(one).resumed);
  }
}

TEST_F(Tickets, of_a_resumed_session_resume_it_again) {
  const auto listener = server();
  ASSERT_TRUE(connect(listener).served);
  EXPECT_TRUE(connect(listener).resumed);
  EXPECT_EQ(tickets, 2) << "each connection brings one";
  EXPECT_TRUE(connect(listener).resumed);
}

TEST_F(Tickets, are_too_many_to_keep_at_some_point_and_the_oldest_do_not_resume) {
  const auto listener = server();
  ASSERT_TRUE(connect(listener).served);
  const Session first(SSL_SESSION_dup(last_session().get()), SSL_SESSION_free);
  for (int i = 0; i < 3000; ++i) connect(listener);
  EXPECT_TRUE(connect(listener).resumed) << "the newest";
  last_session().reset(SSL_SESSION_dup(first.get()));
  const auto late = connect(listener);
  EXPECT_TRUE(late.served);
  EXPECT_FALSE(late.resumed);
}

TEST_F(Tickets, of_before_a_reload_do_not_resume) {
  ASSERT_TRUE(connect(server()).served);
  EXPECT_FALSE(connect(server()).resumed);
}

TEST_F(Tickets, resume_a_session_for_no_longer_than_the_chain_and_the_lists_last) {
  const auto end =
      std::chrono::floor<std::chrono::seconds>(Clock::now()) + std::chrono::minutes(30);
  write_list("crl", {}, Clock::now() - hours(1), end);
  auto options = server_options();
  options.crl = {path("crl")};
  const auto listener = context(Context::server(options));
  EXPECT_EQ(connect(listener).holds_until, end);
  const auto resumed = connect(listener);
  EXPECT_TRUE(resumed.resumed);
  EXPECT_EQ(resumed.holds_until, end) << "a resumed session remembers it";

  auto* session = last_session().get();
  const auto now = std::time(nullptr);
  const SessionTimes ended{.began = now - 10, .until = now};
  ASSERT_EQ(SSL_SESSION_set1_ticket_appdata(session, &ended, sizeof ended), 1);
  EXPECT_TRUE(may_be_resumed(session, now - 1));
  EXPECT_FALSE(may_be_resumed(session, now));
}

TEST_F(Tickets, last_an_hour_from_the_full_handshake_on) {
  ASSERT_TRUE(connect(server()).served);
  auto* session = last_session().get();
  EXPECT_EQ(SSL_SESSION_get_ticket_lifetime_hint(session), 3600U);
  const auto now = std::time(nullptr);
  EXPECT_FALSE(may_be_resumed(session, now)) << "nobody knows when it began";
  const SessionTimes times{.began = now, .until = now + 7200};
  ASSERT_EQ(SSL_SESSION_set1_ticket_appdata(session, &times, sizeof times), 1);
  EXPECT_TRUE(may_be_resumed(session, now));
  EXPECT_TRUE(may_be_resumed(session, now + 3500));
  EXPECT_FALSE(may_be_resumed(session, now + 3700)) << "though its certificate has not expired";
  EXPECT_FALSE(may_be_resumed(session, now - 1)) << "the clock was set back";
}

TEST_F(Tickets, of_a_certificate_that_has_expired_do_not_resume) {
  auto brief = blank(Purpose::client, "brief");
  brief.not_after = std::chrono::ceil<std::chrono::seconds>(Clock::now()) + std::chrono::seconds(2);
  write("brief", brief);
  use_client("brief");
  const auto listener = server();
  ASSERT_TRUE(connect(listener).served);
  ASSERT_TRUE(connect(listener).resumed);
  std::this_thread::sleep_until(brief.not_after + std::chrono::seconds(1));
  const auto late = connect(listener);
  EXPECT_FALSE(late.served);
  EXPECT_EQ(late.failure, Failure::expired);
}

}  // namespace
}  // namespace tls
