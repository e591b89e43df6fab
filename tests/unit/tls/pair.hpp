// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <string>

#include "tls/stream.hpp"

namespace tls {

/// Two connected sockets that never block.
struct Sockets {
  Sockets() {
    ::signal(SIGPIPE, SIG_IGN);  // as the daemon does: OpenSSL writes with write(2)
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds.data()), 0);
  }
  ~Sockets() {
    close_client();
    ::close(fds[0]);
  }
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  int server() const { return fds[0]; }
  int client() const { return fds[1]; }
  void close_client() {
    if (fds[1] >= 0) ::close(fds[1]);
    fds[1] = -1;
  }
  std::array<int, 2> fds{-1, -1};
};

/// Both ends in one thread: each is driven until it waits for the other.
class Pair {
 public:
  Pair(std::shared_ptr<const Context> server_context, std::shared_ptr<const Context> client_context)
      : server(std::move(server_context), sockets_.server()),
        client(std::move(client_context), sockets_.client()) {}

  /// \returns whether both ends are content; in TLS 1.3 a client is so before it has been judged
  bool shake_hands() {
    Step ours, theirs;
    for (int round = 0; round < 20; ++round) {
      theirs = client.handshake();
      ours = server.handshake();
      if (!waits(ours) && !waits(theirs)) break;
    }
    return ours.progress == Progress::done && theirs.progress == Progress::done;
  }

  /// All of `bytes` from one to the other, and the end if it comes.
  static std::string carry(Stream& from, const std::string& bytes, Stream& to) {
    std::string got;
    std::string_view left = bytes;
    while (!left.empty() || got.size() < bytes.size()) {
      const auto sent = left.empty() ? Step{Progress::want_read} : from.write(left);
      if (sent.progress == Progress::done) left.remove_prefix(sent.bytes);
      const auto step = take(to, got);
      const bool stuck = !waits(step) || sent.progress == Progress::failed;
      if (stuck) break;
    }
    return got;
  }

  /// Reads until there is no more now.
  static Step take(Stream& from, std::string& into) {
    std::array<char, 16384> chunk{};
    for (;;) {
      const auto step = from.read(chunk);
      if (step.progress != Progress::done) return step;
      into.append(chunk.data(), step.bytes);
    }
  }

 private:
  Sockets sockets_;

 public:
  Stream server, client;
  Sockets& sockets() { return sockets_; }
};

}  // namespace tls
