// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tls/result.hpp"

/// Files that are written completely or not at all. Private to the room.
namespace tls {

/// Whether there is a file, a folder or a link.
bool is_there(const std::string& path);

/// Makes a folder and its parents, unless they exist.
Trouble make_folder(const std::string& path, mode_t mode);

/// The names in a folder, sorted; at most 100,000.
Result<std::vector<std::string>> names_in(const std::string& folder);

/// Writes a file that must not exist yet.
Trouble write_new(const std::string& path, const std::string& text, mode_t mode);

/// A file to be written.
struct NewFile {
  std::string path, text;
  mode_t mode = 0;  ///< if there is no file yet
};

/// Writes or replaces files. A replacement keeps owner, group and mode, so that the daemon can
/// read the new file if it could read the old one. All texts are on the disk before the first file
/// is replaced, and the files are replaced in the order given: only an interruption can leave some
/// of them old.
Trouble replace(const std::vector<NewFile>& files);

/// Removes a file, unless it is not there.
Trouble remove_file(const std::string& path);

/// Removes what interrupted processes have left in a folder that nobody else writes to. What cannot
/// be removed stays: nothing reads it.
void remove_drafts(const std::string& folder);

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
