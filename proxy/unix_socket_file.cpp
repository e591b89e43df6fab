// SPDX-License-Identifier: Apache-2.0
#include "proxy/unix_socket_file.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <vector>

#include "config/accounts.hpp"
#include "proxy/descriptors.hpp"

namespace proxy {
namespace {

namespace net = boost::asio;

namespace fs = std::filesystem;

constexpr unsigned all_permissions = 0777;
constexpr auto unchanged = static_cast<std::uint32_t>(-1);  // to chown(2)

std::error_code failure_now() {
  return {errno, std::generic_category()};
}

std::string last_failure() {
  return failure_now().message();
}

/// Only root may give a file away.
std::string remedy_of_chown(const config::Listener& listener) {
  if (listener.owner) return "only root may set `owner`: run tidegate as root, or remove `owner`";
  return "add tidegate's user to the group " + *listener.group +
         " (in a container: `group_add`), or run tidegate as root";
}

bool has_capability(unsigned wanted) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  return ::syscall(SYS_capget, &header, sets.data()) == 0 &&
         (sets.front().effective & CAP_TO_MASK(wanted)) != 0;
}

bool is_in_group(gid_t group) {
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
  const int found = ::getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<std::size_t>(std::max(0, found)));
  return group == ::getegid() || std::ranges::find(groups, group) != groups.end();
}

/// Says why the socket at a path is not known to be stale.
std::optional<std::string> why_not_stale(const std::string& path) {
  net::io_context loop;
  net::local::stream_protocol::socket probe(loop);
  boost::system::error_code error;
  probe.open(net::local::stream_protocol(), error);
  if (error) return with_remedy(path + ": " + error.message(), error);
  probe.non_blocking(true, error);
  probe.connect(net::local::stream_protocol::endpoint(path), error);
  if (error == net::error::connection_refused || error == net::error::not_found)
    return std::nullopt;
  if (error != net::error::access_denied) return path + " is in use: another process listens on it";
  return path +
         " is a socket that tidegate may not connect to, so it cannot tell whether another " +
         "process listens on it: " + error.message() +
         "; remove it if none does, or run tidegate as its owner";
}

std::optional<std::string> give_away(const config::Listener& listener, int socket) {
  const auto [uid, gid] = owners_of(listener, {unchanged, unchanged});
  if (!uid) return "listener `owner`: there is no user " + *listener.owner;
  if (!gid) return "listener `group`: there is no group " + *listener.group;
  if (::fchownat(socket, "", *uid, *gid, AT_EMPTY_PATH) == 0) return std::nullopt;
  const auto remedy = errno == EPERM ? "; " + remedy_of_chown(listener) : "";
  return "chown " + listener.address.path + ": " + last_failure() + remedy;
}

std::optional<std::string> set_permissions(const config::Listener& listener, int socket) {
  const auto& path = listener.address.path;
  struct stat status{};
  if (::fstat(socket, &status) != 0 || !S_ISSOCK(status.st_mode))
    return path + " was replaced while it was made: let nobody else write to its directory";
  if (auto problem = give_away(listener, socket)) return problem;
  if ((status.st_mode & all_permissions) == listener.mode) return std::nullopt;
  const auto handle = "/proc/self/fd/" + std::to_string(socket);
  if (::chmod(handle.c_str(), listener.mode) != 0) return "chmod " + path + ": " + last_failure();
  return std::nullopt;
}

}  // namespace

Owners owners_of(const config::Listener& listener, const Owners& otherwise) {
  const auto accounts = config::system_accounts();
  const auto number = [](const auto& account, const auto& lookup, const auto& unnamed) {
    return account ? config::account_number(*account, lookup) : unnamed;
  };
  return {number(listener.owner, accounts.uid_of, otherwise.uid),
          number(listener.group, accounts.gid_of, otherwise.gid)};
}

std::optional<FileIdentity> file_at(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

std::optional<std::string> missing_directory(const std::string& path) {
  const auto directory = fs::path(path).parent_path();
  std::error_code unknown;  // such as no permission to look
  const auto type = fs::status(directory, unknown).type();
  if (type == fs::file_type::directory || type == fs::file_type::none) return std::nullopt;
  if (type != fs::file_type::not_found) return directory.string() + " is not a directory";
  return "there is no directory " + directory.string() +
         ": create it (systemd does so at each start with RuntimeDirectory= or LogsDirectory=)";
}

std::optional<std::string> obstacle_at(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0 || S_ISSOCK(status.st_mode)) return std::nullopt;
  if (!S_ISDIR(status.st_mode))
    return path + " exists and is not a socket: remove it, or write another path";
  return path +
         " exists and is a directory: remove it, or write another path (Docker makes a "
         "directory where the source of a mount is missing)";
}

std::optional<std::string> why_not_given_away(const config::Listener& listener) {
  const auto [uid, gid] = owners_of(listener, {unchanged, unchanged});
  if (has_capability(CAP_CHOWN) || !uid || !gid) return std::nullopt;
  const bool owns = *uid == unchanged || *uid == ::geteuid();
  if (owns && (*gid == unchanged || is_in_group(*gid))) return std::nullopt;
  return "user " + std::to_string(::geteuid()) +
         " may not give the socket away: " + remedy_of_chown(listener);
}

std::optional<std::string> closed_to_us(const std::string& file) {
  const auto directory = fs::path(file).parent_path();
  const auto closed = [](const fs::path& path, int mode) {
    return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) != 0 && errno != ENOENT;
  };
  const auto user = "user " + std::to_string(::geteuid());
  if (file_at(file))
    return closed(file, W_OK) ? std::optional(user + " may not write to " + file) : std::nullopt;
  if (!closed(directory, W_OK | X_OK)) return std::nullopt;
  return user + " may not make a file in " + directory.string() + ": " + last_failure();
}

std::optional<std::string> make_way(const std::string& path) {
  if (auto problem = obstacle_at(path)) return problem;
  if (!file_at(path)) return std::nullopt;
  if (auto problem = why_not_stale(path)) return problem;
  if (::unlink(path.c_str()) != 0)
    return "the stale socket " + path + " cannot be removed: " + last_failure() +
           "; remove it, or run tidegate as its owner";
  return std::nullopt;
}

std::optional<std::string> set_permissions(const config::Listener& listener) {
  const auto& path = listener.address.path;
  const int socket = ::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (socket < 0) return with_remedy(path + ": " + last_failure(), failure_now());
  auto problem = set_permissions(listener, socket);
  ::close(socket);
  return problem;
}

}  // namespace proxy
