// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

#include "tls/result.hpp"

/// Files that are written completely or not at all. Private to the room.
namespace tls {

/// Makes a folder and its parents, unless they exist.
Trouble make_folder(const std::string& path, mode_t mode);

/// Writes a file that must not exist yet.
Trouble write_new(const std::string& path, const std::string& text, mode_t mode);

/// Writes or replaces a file. A replacement keeps owner, group and mode, so that the daemon can
/// read the new file if it could read the old one.
Trouble replace(const std::string& path, const std::string& text, mode_t mode);

/// An open file; a negative number if there is none.
struct Descriptor {
  explicit Descriptor(int opened) : fd(opened) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  const int fd;
};

/// A lock that one process holds at a time; others wait.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder);
  bool held() const { return held_; }

 private:
  Descriptor folder_;
  bool held_ = false;
};

}  // namespace tls
