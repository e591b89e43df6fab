// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace proxy {

/// What a file looked like when it was read. All is 0 of one that is missing.
struct FileStamp {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t modified = 0;  ///< nanoseconds
  std::size_t content = 0;    ///< a hash

  bool operator==(const FileStamp&) const = default;
};

using FileStamps = std::map<std::string, FileStamp>;

/// \param known files that still have the device, inode, size and time are not read again
FileStamps stamps_of(const std::vector<std::string>& files, const FileStamps& known);

/// Whether a file of both has another content or is another file. A new time alone is no change.
bool has_changed(const FileStamps& before, const FileStamps& now);

}  // namespace proxy
