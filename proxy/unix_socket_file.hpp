// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
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

/// The user and group of a socket.
struct Owners {
  std::optional<std::uint32_t> uid, gid;  ///< empty: this machine has no such account
};
/// Returns the owners that the configuration names.
/// \param otherwise those where it names none
Owners owners_of(const config::Listener&, const Owners& otherwise);

/// Says that the directory of a path is missing, and what to do.
std::optional<std::string> missing_directory(const std::string& path);

/// Says that something is at the path which is not a socket, and what to do.
std::optional<std::string> obstacle_at(const std::string& path);

/// Says that tidegate may not set the socket's owner or group.
std::optional<std::string> why_not_given_away(const config::Listener&);

/// Says that tidegate may not write to a file, or make it.
std::optional<std::string> closed_to_us(const std::string& file);

/// Prepares a path for a new Unix socket: removes a stale one.
/// \returns why the path cannot be used: it is not a socket, or the socket is in use.
std::optional<std::string> make_way(const std::string& path);

/// Sets owner and group of a socket that is bound but does not listen yet, and its mode where the
/// directory's access control list has changed it. Follows no link in the socket's place.
std::optional<std::string> set_permissions(const config::Listener&);

}  // namespace proxy
