// SPDX-License-Identifier: Apache-2.0
// Who may use the file of a unix socket.
#include "proxy/unix_socket_file.hpp"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace proxy {
namespace {

namespace fs = std::filesystem;
namespace local = boost::asio::local;
using testing::HasSubstr;

class UnixSocketFile : public testing::Test {
 protected:
  UnixSocketFile() {
    std::string name = fs::temp_directory_path() / "tidegate-socket-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~UnixSocketFile() override { fs::remove_all(folder_); }

  std::string path(const char* name) const { return folder_ / name; }

  config::Listener listener(unsigned mode) const {
    return {.address = {config::Address::Kind::unix_socket, path("in.sock"), "", 0}, .mode = mode};
  }

  static unsigned mode_of(const std::string& file) {
    return static_cast<unsigned>(fs::status(file).permissions());
  }

  fs::path folder_;
};

TEST_F(UnixSocketFile, gives_nothing_away_that_somebody_has_put_in_its_place) {
  std::ofstream(path("precious")) << "x";
  fs::permissions(path("precious"), fs::perms{0600});
  for (const bool by_link : {true, false}) {
    if (by_link)
      fs::create_symlink(path("precious"), path("in.sock"));
    else
      fs::create_hard_link(path("precious"), path("in.sock"));
    const auto problem = set_permissions(listener(0666));
    EXPECT_THAT(problem.value_or(""), HasSubstr("in.sock was replaced while it was made"));
    EXPECT_EQ(mode_of(path("precious")), 0600U);
    fs::remove(path("in.sock"));
  }
}

TEST_F(UnixSocketFile, has_its_mode_although_the_directory_gives_it_another) {
  boost::asio::io_context loop;
  const local::stream_protocol::acceptor made(loop, path("in.sock"));
  fs::permissions(path("in.sock"), fs::perms{0600});
  EXPECT_EQ(set_permissions(listener(0620)), std::nullopt);
  EXPECT_EQ(mode_of(path("in.sock")), 0620U);
}

}  // namespace
}  // namespace proxy
