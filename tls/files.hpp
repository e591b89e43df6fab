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

/// An open file, or none below 0.
struct Descriptor {
  explicit Descriptor(int opened) : fd(opened) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  const int fd;
};

/// Held by one process at a time; others wait.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder);
  bool held() const { return held_; }

 private:
  Descriptor folder_;
  bool held_ = false;
};

}  // namespace tls
