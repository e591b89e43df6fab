// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

#include "tls/result.hpp"

/// Files that are written as a whole or not at all. Private to the room.
namespace tls {

/// Makes a folder, and those above it, unless it is there.
Trouble make_folder(const std::string& path, mode_t mode);

/// Writes a file that must not be there.
Trouble write_new(const std::string& path, const std::string& text, mode_t mode);

/// Writes a file, or another in its place, which keeps owner, group and mode: the daemon that could
/// read the old one can read the new one.
Trouble replace(const std::string& path, const std::string& text, mode_t mode);

/// Held by one process at a time; others wait.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  bool held() const { return held_; }

 private:
  int fd_ = -1;
  bool held_ = false;
};

}  // namespace tls
