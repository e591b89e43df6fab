// SPDX-License-Identifier: Apache-2.0
#include "tls/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace tls {
namespace {

/// What of an old file's mode a new one may have: nobody else gets to write, and others to read
/// only what they could read before.
constexpr mode_t keepable = 0644;

Error problem(const std::string& what, int error) {
  return {what + ": " + std::generic_category().message(error)};
}

/// A file beside the one that is meant, which takes its place or is removed.
class Draft {
 public:
  explicit Draft(const std::string& path) : name_(path + ".XXXXXX"), fd_(::mkstemp(name_.data())) {}
  ~Draft() {
    if (fd_ < 0) return;
    ::close(fd_);
    ::unlink(name_.c_str());  // fails where it has been renamed
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  /// Down to the disk: a key that is lost in a power cut is a certificate that is lost.
  bool write(std::string_view text) const {
    while (fd_ >= 0 && !text.empty()) {
      const auto written = ::write(fd_, text.data(), text.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    return fd_ >= 0 && ::fsync(fd_) == 0;
  }
  bool set_mode(mode_t mode) const { return ::fchmod(fd_, mode) == 0; }
  bool be_like(const struct stat& old) const {
    return ::fchown(fd_, old.st_uid, old.st_gid) == 0 && set_mode(old.st_mode & keepable);
  }
  bool rename_to(const std::string& path) const {
    return ::rename(name_.c_str(), path.c_str()) == 0;
  }
  /// Fails with EEXIST where rename() would overwrite.
  bool link_to(const std::string& path) const { return ::link(name_.c_str(), path.c_str()) == 0; }

 private:
  std::string name_;
  int fd_;
};

}  // namespace

Trouble make_folder(const std::string& path, mode_t mode) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(path, error);
  if (error) return problem("the folder " + path + " cannot be made", error.value());
  if (made && ::chmod(path.c_str(), mode) != 0) return problem("chmod " + path, errno);
  return std::nullopt;
}

Trouble write_new(const std::string& path, const std::string& text, mode_t mode) {
  const Draft draft(path);
  if (draft.write(text) && draft.set_mode(mode) && draft.link_to(path)) return std::nullopt;
  if (errno == EEXIST) return Error{path + " exists already, and is not overwritten"};
  return problem(path + " cannot be written", errno);
}

Trouble replace(const std::string& path, const std::string& text, mode_t mode) {
  struct stat old{};
  const bool exists = ::lstat(path.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) return Error{path + " is no regular file"};
  const Draft draft(path);
  const bool written = draft.write(text) && (exists ? draft.be_like(old) : draft.set_mode(mode)) &&
                       draft.rename_to(path);
  if (written) return std::nullopt;
  return problem(path + " cannot be written", errno);
}

FolderLock::FolderLock(const std::string& folder)
    : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  while (fd_ >= 0 && !held_) {
    held_ = ::flock(fd_, LOCK_EX) == 0;
    if (!held_ && errno != EINTR) return;
  }
}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace tls
