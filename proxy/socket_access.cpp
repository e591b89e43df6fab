// SPDX-License-Identifier: Apache-2.0
#include "proxy/socket_access.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>

#include "config/accounts.hpp"
#include "proxy/path_walk.hpp"
#include "proxy/unix_socket_file.hpp"

namespace proxy {
namespace {

/// Returns false only if the user is surely not in the group.
bool may_be_in_group(std::uint32_t uid, std::uint32_t gid) {
  std::array<char, 16384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return true;  // a client in a container may have any groups
  std::array<gid_t, 1024> groups{};
  int count = static_cast<int>(groups.size());
  if (::getgrouplist(found->pw_name, found->pw_gid, groups.data(), &count) < 0) return true;
  return std::ranges::find(groups.begin(), groups.begin() + count, gid) != groups.begin() + count;
}

/// Who the configuration lets connect by the socket's mode.
struct Meant {
  explicit Meant(const config::Listener& listener) {
    const auto accounts = config::system_accounts();
    all = (listener.mode & S_IWOTH) != 0;
    if (listener.group && (listener.mode & S_IWGRP) != 0)
      gid = config::account_number(*listener.group, accounts.gid_of);
    if (listener.owner && (listener.mode & S_IWUSR) != 0)
      uid = config::account_number(*listener.owner, accounts.uid_of);
    if (uid == 0U) uid.reset();  // root may enter every directory
  }

  bool all = false;
  std::optional<std::uint32_t> gid, uid;
};

bool lets_group_in(const struct stat& directory, std::uint32_t gid) {
  const unsigned bit = directory.st_gid == gid ? S_IXGRP : S_IXOTH;
  return (directory.st_mode & (bit | S_IXOTH)) != 0;
}

bool lets_user_in(const struct stat& directory, std::uint32_t uid) {
  if (directory.st_uid == uid) return (directory.st_mode & S_IXUSR) != 0;
  if ((directory.st_mode & S_IXOTH) != 0) return true;
  return (directory.st_mode & S_IXGRP) != 0 && may_be_in_group(uid, directory.st_gid);
}

std::optional<std::string> why_closed(const std::string& path, const Meant& meant,
                                      const config::Listener& listener) {
  struct stat directory{};
  if (::stat(path.c_str(), &directory) != 0) return std::nullopt;
  if (meant.all && (directory.st_mode & S_IXOTH) == 0)
    return fmt::format("{0} may not be entered by clients: run `chmod o+x {0}`", path);
  if (meant.all) return std::nullopt;
  if (meant.gid && !lets_group_in(directory, *meant.gid))
    return fmt::format(
        "{0} may not be entered by clients of the group {1}: run `chgrp {1} {0} && chmod g+x {0}`",
        path, *listener.group);
  if (meant.uid && !lets_user_in(directory, *meant.uid))
    return fmt::format("{0} may not be entered by the owner {1}: run `chmod o+x {0}`", path,
                       *listener.owner);
  return std::nullopt;
}

struct SocketOwners {
  std::uint32_t uid, gid;
};

/// Whom the socket will belong to. An account that this machine does not have is another mistake.
SocketOwners owners_of_socket(const config::Listener& listener) {
  struct stat directory{};
  const auto parent = std::filesystem::path(listener.address.path).parent_path();
  const bool inherits =
      ::stat(parent.c_str(), &directory) == 0 && (directory.st_mode & S_ISGID) != 0;
  const SocketOwners ours{::geteuid(), inherits ? directory.st_gid : ::getegid()};
  const auto [uid, gid] = owners_of(listener, {ours.uid, ours.gid});
  return {uid.value_or(ours.uid), gid.value_or(ours.gid)};
}

bool may_connect(std::uint32_t uid, const SocketOwners& owners, unsigned mode) {
  if (uid == 0) return true;
  if (uid == owners.uid) return (mode & S_IWUSR) != 0;
  if ((mode & S_IWOTH) != 0) return true;
  return (mode & S_IWGRP) != 0 && may_be_in_group(uid, owners.gid);
}

}  // namespace

std::optional<std::string> closed_directory(const config::Listener& listener) {
  const Meant meant(listener);
  std::optional<std::string> closed;
  walk_path(listener.address.path, [&](const PathStep& step) {
    if (!closed) closed = why_closed(step.directory, meant, listener);
  });
  return closed;
}

std::optional<std::string> closed_to_clients(const config::Listener& listener) {
  const auto owners = owners_of_socket(listener);
  const auto is_kept_out = [&](const acl::ClientRule& rule) {
    return rule.uid && !may_connect(*rule.uid, owners, listener.mode);
  };
  const auto& clients = listener.clients;
  if (clients.empty() || !std::ranges::all_of(clients, is_kept_out)) return std::nullopt;
  return fmt::format(
      "none of these users may connect: the socket has mode {:04o}, user {} and group {}; write "
      "`owner`, or a `group` that they are in and `mode: \"0660\"`",
      listener.mode, owners.uid, owners.gid);
}

}  // namespace proxy
