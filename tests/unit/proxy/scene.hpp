// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "config/load.hpp"
#include "proxy/worker.hpp"

namespace proxy {

/// A real session in a loop that runs only when the test says so. The test plays the client and the
/// engine at the other ends of its sockets.
class Scene {
 public:
  explicit Scene(const std::string& profile) : settings_(settings(profile)) {
    const int pair_made = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair_.data());
    EXPECT_EQ(pair_made, 0);
    Socket accepted(worker_.loop, {AF_UNIX, 0}, pair_[1]);
    spawn(worker_.loop, serve(std::move(accepted)), ignore_escaped);
    settle();
  }
  ~Scene() {
    for (auto& session : worker_.sessions) session.stop();
    settle();
    for (const int fd : {listener_, pair_[0], engine_})
      if (fd >= 0) ::close(fd);
    std::filesystem::remove_all(folder_);
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  void client_sends(std::string_view bytes) { send(pair_[0], bytes); }
  void engine_sends(std::string_view bytes) { send(engine(), bytes); }
  void client_ends() { ::shutdown(pair_[0], SHUT_WR); }
  void client_leaves() { ::close(std::exchange(pair_[0], -1)); }
  void engine_leaves() { ::close(std::exchange(engine_, -1)); }

  /// Runs the loop until the session waits for the test.
  void settle() {
    worker_.loop.restart();
    // A stream's notice is written by another thread, which then wakes the loop.
    while (worker_.loop.poll() != 0 || (worker_.audit.is_awaited() && worker_.loop.run_one() != 0))
      records_ += std::exchange(worker_.audit.lines(), {});
    if (pair_[0] >= 0) client_got_ += receive(pair_[0], client_ended_);
    if (engine() >= 0) engine_got_ += receive(engine_, engine_ended_);
  }

  /// Returns what has arrived since the last call, and how the connection ended.
  std::string client_got() { return std::exchange(client_got_, {}); }
  std::string engine_got() { return std::exchange(engine_got_, {}); }
  std::string records() { return std::exchange(records_, {}); }

 private:
  static std::string make_folder() {
    std::string path = std::filesystem::temp_directory_path() / "tidegate-XXXXXX";
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    return path;
  }

  config::Settings settings(const std::string& profile) const {
    const auto loaded =
        config::load_text("upstream: unix://" + folder_ +
                              "/engine.sock\n"
                              "listeners: [{address: unix:///in.sock, profile: p}]\n"
                              "profiles:\n  p: {" +
                              profile + "}\naudit: {file: /dev/null}\n",
                          "t.yaml");
    EXPECT_TRUE(loaded);
    return *loaded;
  }

  int listen() const {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    (folder_ + "/engine.sock").copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(fd, 4), 0);
    return fd;
  }

  /// The newest connection to the engine.
  int engine() {
    const int fresh = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (fresh >= 0 && engine_ >= 0) ::close(engine_);
    if (fresh >= 0) {
      engine_ = fresh;
      engine_ended_ = false;
    }
    return engine_;
  }

  Task<void> serve(Socket accepted) {
    Session session(std::move(accepted), who_, held_, worker_);
    co_await session.serve();
  }

  void send(int socket, std::string_view bytes) {
    EXPECT_EQ(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

  static std::string receive(int socket, bool& ended) {
    std::string all;
    std::array<char, 65536> some;
    ssize_t n = 0;
    while ((n = ::recv(socket, some.data(), some.size(), 0)) > 0)
      all.append(some.data(), static_cast<std::size_t>(n));
    if (n == 0 && !ended) all += "(end)";
    if (n < 0 && errno == ECONNRESET) all += "(reset)";
    ended = ended || n == 0;
    return all;
  }

  std::string folder_ = make_folder();
  config::Settings settings_;
  HeldBytes held_{HeldBytes::unbounded};
  LineQueue queue_{audit_queue(settings_.audit, held_)};
  acl::Identity who_{.listener_name = "unix:///in.sock", .unix_peer = acl::UnixPeer{}};
  EngineState state_;
  Worker worker_{settings_, queue_, state_, *make_snapshot(settings_)};
  int listener_ = listen(), engine_ = -1;
  std::array<int, 2> pair_{-1, -1};
  bool client_ended_ = false, engine_ended_ = false;
  std::string client_got_, engine_got_, records_;
};

}  // namespace proxy
