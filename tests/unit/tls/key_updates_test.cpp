// SPDX-License-Identifier: Apache-2.0
#include "tls/key_updates.hpp"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string_view>

#include "tests/unit/tls/pair.hpp"
#include "tests/unit/tls/pki.hpp"

namespace tls {
namespace {

/// A client that updates its keys, which our own streams never do.
class KeyUpdates : public Pki {
 protected:
  KeyUpdates() {
    SSL_set_fd(client_.get(), sockets_.client());
    SSL_set_connect_state(client_.get());
    Step step{Progress::want_read};
    for (int round = 0; round < 20 && waits(step); ++round) {
      SSL_do_handshake(client_.get());
      step = server_.handshake();
    }
    EXPECT_EQ(step.progress, Progress::done) << server_.failure_text();
  }

  void update(int times) {
    for (int i = 0; i < times; ++i) {
      ASSERT_EQ(SSL_key_update(client_.get(), SSL_KEY_UPDATE_REQUESTED), 1);
      ASSERT_EQ(SSL_do_handshake(client_.get()), 1);
    }
    ASSERT_EQ(SSL_write(client_.get(), "hello", 5), 5);
  }

  std::string_view read() {
    const auto step = server_.read(room_);
    return {room_.data(), step.bytes};
  }

  Sockets sockets_;
  std::shared_ptr<const Context> context_ = client();
  Stream server_{server(), sockets_.server()};
  std::unique_ptr<SSL, decltype(&SSL_free)> client_{SSL_new(context_->native()), SSL_free};
  std::array<char, 64> room_{};
};

TEST_F(KeyUpdates, are_made_for_a_client_that_asks_for_them_now_and_then) {
  update(most_key_updates);
  EXPECT_EQ(read(), "hello");
  ASSERT_EQ(server_.write("back").progress, Progress::done);
  ASSERT_EQ(SSL_read(client_.get(), room_.data(), static_cast<int>(room_.size())), 4);
  EXPECT_EQ(std::string_view(room_.data(), 4), "back");
}

TEST_F(KeyUpdates, end_the_connection_when_they_come_as_a_storm) {
  update(most_key_updates + 1);
  EXPECT_EQ(read(), "");
  EXPECT_EQ(server_.failure(), Failure::protocol);
  EXPECT_THAT(server_.failure_text(), testing::HasSubstr("more than 32 times in a minute"));
}

}  // namespace
}  // namespace tls
