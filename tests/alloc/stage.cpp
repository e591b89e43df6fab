// SPDX-License-Identifier: Apache-2.0
#include "tests/alloc/stage.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "config/load.hpp"

namespace proxy {
namespace {

std::string make_folder() {
  std::string path = std::filesystem::temp_directory_path() / "tidegate-XXXXXX";
  EXPECT_NE(::mkdtemp(path.data()), nullptr);
  return path;
}

config::Settings settings(const std::string& folder) {
  const auto loaded = config::load_text("upstream: unix://" + folder +
                                            "/engine.sock\n"
                                            "listeners: [{address: unix:///in.sock, profile: p}]\n"
                                            "profiles:\n"
                                            "  p:\n"
                                            "    allow: ['*']\n"
                                            "    deny: [ContainerKill]\n"
                                            "    containers: {level: baseline}\n"
                                            "audit: {file: /dev/null}\n",
                                        "t.yaml");
  EXPECT_TRUE(loaded);
  return *loaded;
}

int listen_at(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(::listen(fd, 1), 0);
  return fd;
}

Task<void> serve(Socket accepted, acl::Identity who, HeldBytes& held, Worker& worker) {
  Session session(std::move(accepted), who, held, worker);
  co_await session.serve();
}

}  // namespace

Stage::Stage()
    : folder_(make_folder()),
      settings_(settings(folder_)),
      queue_(audit_queue(settings_.audit, held_)),
      worker_(settings_, queue_, state_, *make_snapshot(settings_)),
      listener_(listen_at(settings_.upstream.path)) {
  std::array<int, 2> pair{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
  client_ = pair[0];
  Socket accepted(worker_.loop, {AF_UNIX, 0}, pair[1]);
  const acl::Identity who{.listener_name = "unix:///in.sock", .unix_peer = acl::UnixPeer{}};
  spawn(worker_.loop, serve(std::move(accepted), who, held_, worker_), ignore_escaped);
  loop_.emplace(worker_.loop);
}

Stage::~Stage() {
  for (auto& session : worker_.sessions) session.stop();
  worker_.busy.reset();
  loop_.reset();
  for (const int fd : {listener_, client_, engine_}) ::close(fd);
  std::filesystem::remove_all(folder_);
}

std::string Stage::engine_got() {
  if (engine_ < 0) engine_ = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
  return receive(engine_);
}

std::string Stage::await_engine() {
  settle();
  auto got = engine_got();
  for (int event = 0; got.empty() && event < 1000; ++event) {
    loop_->await_event();
    got = engine_got();
  }
  return got;
}

void Stage::hand_over_records() {
  while (!worker_.audit.lines().empty()) loop_->await_event();
}

std::size_t Stage::exchange(std::string_view request, std::string_view answer) {
  client_sends(request);
  auto asked = settle();
  EXPECT_EQ(engine_got().empty(), answer.empty());
  if (!answer.empty()) {
    engine_sends(answer);
    asked += settle();
  }
  EXPECT_NE(client_got(), "");
  return asked;
}

void Stage::send(int socket, std::string_view bytes) {
  ASSERT_EQ(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

std::string Stage::receive(int socket) {
  std::string all;
  std::array<char, 65536> some;
  for (ssize_t n = 0; (n = ::recv(socket, some.data(), some.size(), 0)) > 0;)
    all.append(some.data(), static_cast<std::size_t>(n));
  return all;
}

}  // namespace proxy
