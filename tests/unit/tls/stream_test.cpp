// SPDX-License-Identifier: Apache-2.0
#include "tls/stream.hpp"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <array>

#include "tests/unit/tls/pair.hpp"
#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

using testing::ElementsAre;

const std::string mebibyte(1024 * 1024, 'x');

class Connected : public Pki {
 protected:
  Connected() { EXPECT_TRUE(pair_.shake_hands()) << pair_.server.failure_text(); }

  Pair pair_{server(), client()};
  Stream& server_ = pair_.server;
  Stream& client_ = pair_.client;
};

TEST_F(Connected, carries_bytes_both_ways) {
  EXPECT_EQ(Pair::carry(client_, mebibyte, server_), mebibyte);
  EXPECT_EQ(Pair::carry(server_, mebibyte, client_), mebibyte);
}

TEST_F(Connected, reads_as_many_records_as_have_come_and_there_is_room_for) {
  for (const auto* word : {"one ", "two ", "three "})
    ASSERT_EQ(client_.write(word).progress, Progress::done);
  std::array<char, 64> room{};
  const auto little = server_.read(std::span(room).first(6));
  EXPECT_EQ(std::string_view(room.data(), little.bytes), "one tw");
  const auto rest = server_.read(room);
  EXPECT_EQ(std::string_view(room.data(), rest.bytes), "o three ");
  EXPECT_EQ(server_.read(room).progress, Progress::want_read);
}

TEST_F(Connected, reads_what_has_come_before_it_reads_that_the_peer_has_ended) {
  ASSERT_EQ(client_.write("last words").progress, Progress::done);
  ASSERT_EQ(client_.shutdown_send().progress, Progress::done);
  std::array<char, 64> room{};
  const auto step = server_.read(room);
  ASSERT_EQ(step.progress, Progress::done);
  EXPECT_EQ(std::string_view(room.data(), step.bytes), "last words");
  EXPECT_EQ(server_.read(room).progress, Progress::end);
}

TEST_F(Connected, holds_back_what_more_follows_and_sends_it_with_the_rest) {
  ASSERT_EQ(server_.write("head ", true).progress, Progress::done);
  EXPECT_FALSE(client_.readable());
  ASSERT_EQ(server_.write("body").progress, Progress::done);
  std::string got;
  Pair::take(client_, got);
  EXPECT_EQ(got, "head body");
}

/// Until then the bytes come again, or the last of them would wait for a write that never comes.
TEST_F(Connected, has_written_only_what_the_socket_has_taken) {
  const std::string large(4 * 1024 * 1024, 'x');
  const auto before = server_.sent();
  ASSERT_EQ(server_.write(large).progress, Progress::want_write);
  EXPECT_GT(server_.sent(), before);
  EXPECT_LT(server_.sent(), large.size());
  std::string got;
  auto step = Step{Progress::want_write};
  while (step.progress == Progress::want_write) {
    Pair::take(client_, got);
    step = server_.write(large);
  }
  ASSERT_EQ(step.progress, Progress::done);
  EXPECT_EQ(step.bytes, large.size());
  Pair::take(client_, got);
  EXPECT_TRUE(got == large) << got.size();
}

TEST_F(Connected, ends_its_sending_once_the_peer_has_read_enough) {
  const std::string piece(1000, 'x');
  std::string sent = piece, got;  // the last one waits
  while (server_.write(piece).progress == Progress::done) sent += piece;
  ASSERT_EQ(server_.shutdown_send().progress, Progress::want_write);
  auto step = Step{Progress::want_write};
  Step end{Progress::want_read};
  while (step.progress == Progress::want_write) {
    end = Pair::take(client_, got);
    step = server_.shutdown_send();
  }
  ASSERT_EQ(step.progress, Progress::done);
  if (end.progress != Progress::end) end = Pair::take(client_, got);
  EXPECT_EQ(end.progress, Progress::end);
  EXPECT_TRUE(got == sent);
}

TEST_F(Connected, knows_who_the_peer_is) {
  const auto peer = server_.peer();
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->common_name, "ci-7");
  EXPECT_THAT(peer->uri, ElementsAre("spiffe://corp/ci/7"));
  ASSERT_TRUE(client_.peer());
  EXPECT_EQ(client_.peer()->common_name, "engine");
}

TEST_F(Connected, reads_all_after_it_has_ended_its_own_sending) {
  EXPECT_EQ(server_.shutdown_send().progress, Progress::done);
  EXPECT_EQ(server_.shutdown_send().progress, Progress::done);
  std::string nothing;
  EXPECT_EQ(Pair::take(client_, nothing).progress, Progress::end);
  EXPECT_EQ(Pair::carry(client_, mebibyte, server_), mebibyte);
  EXPECT_EQ(client_.shutdown_send().progress, Progress::done);
  EXPECT_EQ(Pair::take(server_, nothing).progress, Progress::end);
  EXPECT_EQ(server_.failure(), Failure::none);
}

TEST_F(Connected, sends_all_after_the_peer_has_ended_its_sending) {
  EXPECT_EQ(client_.shutdown_send().progress, Progress::done);
  std::string nothing;
  EXPECT_EQ(Pair::take(server_, nothing).progress, Progress::end);
  EXPECT_EQ(Pair::carry(server_, mebibyte, client_), mebibyte);
  EXPECT_EQ(server_.shutdown_send().progress, Progress::done);
  EXPECT_EQ(Pair::take(client_, nothing).progress, Progress::end);
}

TEST_F(Connected, tells_a_connection_that_breaks_from_one_that_ends) {
  pair_.sockets().close_client();
  std::string nothing;
  EXPECT_EQ(Pair::take(server_, nothing).progress, Progress::failed);
  EXPECT_EQ(server_.failure(), Failure::broken_off) << server_.failure_text();
  EXPECT_EQ(server_.write("x").progress, Progress::failed);
}

TEST_F(Connected, fails_to_write_to_who_has_left) {
  pair_.sockets().close_client();
  EXPECT_EQ(server_.write("x").progress, Progress::failed);
  EXPECT_EQ(server_.failure(), Failure::broken_off);
  EXPECT_NE(server_.failure_text(), "");
}

TEST_F(Connected, still_reads_what_one_said_who_has_left_then) {
  ASSERT_EQ(client_.write("no such container").progress, Progress::done);
  pair_.sockets().close_client();
  ASSERT_EQ(server_.write("x").progress, Progress::failed);
  std::array<char, 64> room{};
  const auto step = server_.read(room);
  ASSERT_EQ(step.progress, Progress::done);
  EXPECT_EQ(std::string_view(room.data(), step.bytes), "no such container");
  EXPECT_EQ(server_.read(room).progress, Progress::failed);
  EXPECT_EQ(server_.write("y").progress, Progress::failed);
  EXPECT_EQ(server_.shutdown_send().progress, Progress::failed);
}

TEST_F(Connected, fails_on_bytes_that_have_been_changed_under_way) {
  const std::string forged("\x17\x03\x03\x00\x20", 5);
  ASSERT_GT(::write(pair_.sockets().client(), forged.data(), forged.size()), 0);
  ASSERT_GT(::write(pair_.sockets().client(), mebibyte.data(), 32), 0);
  std::string nothing;
  EXPECT_EQ(Pair::take(server_, nothing).progress, Progress::failed);
  EXPECT_EQ(server_.failure(), Failure::protocol) << server_.failure_text();
}

TEST_F(Connected, is_not_readable_for_a_session_ticket_alone) {
  EXPECT_FALSE(client_.readable());  // the server's ticket lies in the socket
  EXPECT_FALSE(server_.readable());
  ASSERT_EQ(server_.write("x").progress, Progress::done);
  EXPECT_TRUE(client_.readable());
  EXPECT_TRUE(client_.readable()) << "looking takes nothing away";
  std::string got;
  Pair::take(client_, got);
  EXPECT_EQ(got, "x");
  EXPECT_FALSE(client_.readable());
}

TEST_F(Connected, is_readable_when_the_peer_has_ended_or_left) {
  ASSERT_EQ(server_.shutdown_send().progress, Progress::done);
  EXPECT_TRUE(client_.readable());
  pair_.sockets().close_client();
  EXPECT_TRUE(server_.readable());
  EXPECT_EQ(server_.failure(), Failure::broken_off);
}

TEST_F(Connected, works_on_after_its_buffers_were_given_back) {
  for (auto* stream : {&server_, &client_}) stream->release_buffers(true);
  EXPECT_FALSE(server_.readable());
  EXPECT_EQ(Pair::carry(client_, mebibyte, server_), mebibyte);
  for (auto* stream : {&server_, &client_}) stream->release_buffers(false);
  EXPECT_EQ(Pair::carry(server_, mebibyte, client_), mebibyte);
}

TEST_F(Connected, keeps_bytes_that_wait_when_told_that_it_is_idle) {
  ASSERT_EQ(client_.write("waits").progress, Progress::done);
  EXPECT_TRUE(server_.readable());
  server_.release_buffers(true);
  std::string got;
  Pair::take(server_, got);
  EXPECT_EQ(got, "waits");
}

TEST_F(Connected, refuses_to_negotiate_anew) {
  auto old = client();
  SSL_CTX_set_max_proto_version(old->native(), TLS1_2_VERSION);
  SSL_CTX_clear_options(old->native(), SSL_OP_NO_RENEGOTIATION);
  const Sockets sockets;
  Stream ours(server(), sockets.server());
  const std::unique_ptr<SSL, decltype(&SSL_free)> theirs(SSL_new(old->native()), SSL_free);
  SSL_set_fd(theirs.get(), sockets.client());
  SSL_set_connect_state(theirs.get());
  for (int i = 0; i < 5; ++i) {
    SSL_do_handshake(theirs.get());
    ours.handshake();
  }
  ASSERT_EQ(SSL_is_init_finished(theirs.get()), 1);
  ASSERT_EQ(SSL_renegotiate(theirs.get()), 1);
  SSL_do_handshake(theirs.get());
  EXPECT_FALSE(ours.readable()) << "answered with a warning, not with a handshake";
  EXPECT_LE(SSL_do_handshake(theirs.get()), 0);
  EXPECT_EQ(SSL_num_renegotiations(theirs.get()), 1);
  EXPECT_EQ(ours.failure(), Failure::none) << ours.failure_text();
}

TEST_F(Pki, a_stream_can_move) {
  Pair pair(server(), client());
  ASSERT_TRUE(pair.shake_hands());
  Stream moved = std::move(pair.server);
  EXPECT_EQ(Pair::carry(moved, "hello", pair.client), "hello");
}

TEST_F(Pki, a_client_that_offers_http1_1_among_others_gets_it) {
  auto go = client();
  const std::string offered("\x02h2\x08http/1.1");
  const auto* bytes = reinterpret_cast<const unsigned char*>(offered.data());
  ASSERT_EQ(SSL_CTX_set_alpn_protos(go->native(), bytes, static_cast<unsigned>(offered.size())), 0);
  Pair pair(server(), go);
  EXPECT_TRUE(pair.shake_hands()) << pair.server.failure_text();
}

}  // namespace
}  // namespace tls
