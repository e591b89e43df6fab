// SPDX-License-Identifier: Apache-2.0
#include "proxy/unix_socket_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <thread>

#include "config/accounts.hpp"

namespace proxy {
namespace {

namespace net = boost::asio;

constexpr auto unchanged = static_cast<std::uint32_t>(-1);  // to chown(2)

bool somebody_listens(const std::string& path) {
  net::io_context loop;
  net::local::stream_protocol::socket probe(loop);
  boost::system::error_code error;
  probe.open(net::local::stream_protocol(), error);
  probe.non_blocking(true, error);
  error.clear();
  probe.connect(net::local::stream_protocol::endpoint(path), error);
  return error != net::error::connection_refused && error != net::error::not_found;
}

std::string last_failure() {
  return std::generic_category().message(errno);
}

/// What helps where the kernel refuses a chown: only root may give a file away.
std::string remedy_of_chown(const config::Listener& listener) {
  if (errno != EPERM) return "";
  if (listener.owner) return "; only root may set `owner`: run tidegate as root, or remove `owner`";
  return "; add tidegate's user to the group " + *listener.group +
         " (in a container: `group_add`), or run tidegate as root";
}

}  // namespace

std::optional<FileIdentity> file_at(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

DirectoryLock::DirectoryLock(const std::string& path_in_it)
    : directory_(::open(std::filesystem::path(path_in_it).parent_path().c_str(),
                        O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  constexpr std::chrono::milliseconds pause{10};
  int tries = 200;  // others need a millisecond each
  while (::flock(directory_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK && --tries > 0)
    std::this_thread::sleep_for(pause);
}

DirectoryLock::~DirectoryLock() {
  if (directory_ >= 0) ::close(directory_);
}

std::optional<std::string> make_way(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  if (!S_ISSOCK(status.st_mode)) return path + " exists and is not a socket";
  if (somebody_listens(path)) return path + " is in use: another process listens on it";
  if (::unlink(path.c_str()) != 0)
    return "the stale socket " + path + " cannot be removed: " + last_failure();
  return std::nullopt;
}

std::optional<std::string> set_permissions(const config::Listener& listener) {
  const auto& path = listener.address.path;
  const auto accounts = config::system_accounts();
  const auto number = [](const auto& account, const auto& lookup) {
    return account ? config::account_number(*account, lookup) : std::optional(unchanged);
  };
  const auto uid = number(listener.owner, accounts.uid_of);
  const auto gid = number(listener.group, accounts.gid_of);
  if (!uid) return "listener `owner`: there is no user " + *listener.owner;
  if (!gid) return "listener `group`: there is no group " + *listener.group;
  if (::chown(path.c_str(), *uid, *gid) != 0)
    return "chown " + path + ": " + last_failure() + remedy_of_chown(listener);
  if (::chmod(path.c_str(), listener.mode) != 0) return "chmod " + path + ": " + last_failure();
  return std::nullopt;
}

}  // namespace proxy
