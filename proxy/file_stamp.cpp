// SPDX-License-Identifier: Apache-2.0
#include "proxy/file_stamp.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

namespace proxy {
namespace {

/// More than any file that tidegate reads may have.
constexpr std::size_t most_bytes = std::size_t{64} * 1024 * 1024;

std::size_t hash_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::array<char, 65536> block;
  std::size_t hash = 0, read = 0;
  do {
    in.read(block.data(), block.size());
    const auto size = static_cast<std::size_t>(in.gcount());
    const auto of_block = std::hash<std::string_view>()({block.data(), size});
    hash = hash * 1'000'003 + of_block;
    read += size;
  } while (in && read < most_bytes);
  return hash;
}

FileStamp stamp_of(const std::string& file, const FileStamp& known) {
  struct stat seen{};
  if (::stat(file.c_str(), &seen) != 0) return {};
  FileStamp stamp{.device = seen.st_dev,
                  .inode = seen.st_ino,
                  .size = seen.st_size,
                  .modified = seen.st_mtim.tv_sec * 1'000'000'000 + seen.st_mtim.tv_nsec,
                  .content = known.content};
  if (stamp != known) stamp.content = hash_of(file);
  return stamp;
}

}  // namespace

FileStamps stamps_of(const std::vector<std::string>& files, const FileStamps& known) {
  FileStamps stamps;
  for (const auto& file : files) {
    const auto before = known.find(file);
    stamps[file] = stamp_of(file, before == known.end() ? FileStamp() : before->second);
  }
  return stamps;
}

bool has_changed(const FileStamps& before, const FileStamps& now) {
  return std::ranges::any_of(now, [&before](const auto& entry) {
    const auto known = before.find(entry.first);
    if (known == before.end()) return false;
    auto stamp = entry.second;
    stamp.modified = known->second.modified;
    return stamp != known->second;
  });
}

}  // namespace proxy
