// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "config/settings.hpp"

namespace proxy {

/// Which file it is that a path names: another one in its place differs.
struct FileIdentity {
  dev_t device;
  ino_t inode;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};
std::optional<FileIdentity> file_at(const std::string& path);

/// Keeps other tidegates from preparing a socket in the same directory, so that only one of several
/// that start at once takes the place of a stale socket. Locks the directory itself, which leaves
/// no file behind. Without effect if the directory cannot be locked, or if somebody else keeps it
/// locked.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::string& path_in_it);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int directory_;
};

/// Prepares a path for a new Unix socket: removes a stale one.
/// \returns why the path cannot be used: it is not a socket, or the socket is in use.
std::optional<std::string> make_way(const std::string& path);

/// Sets owner, group and mode of a socket that is bound but does not listen yet.
std::optional<std::string> set_permissions(const config::Listener&);

}  // namespace proxy
