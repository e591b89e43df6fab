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

/// Limits a new file's mode by the old file's: nobody else may write it, and others may read only
/// what they could read before.
constexpr mode_t keepable = 0644;

Error problem(const std::string& what, int error) {
  return {what + ": " + std::generic_category().message(error)};
}

/// A temporary file that replaces the intended one or is removed.
class Draft {
 public:
  explicit Draft(const std::string& path)
      : name_(path + ".XXXXXX"), file_(::mkstemp(name_.data())) {}
  ~Draft() {
    if (file_.fd >= 0) ::unlink(name_.c_str());  // fails after a rename
  }

  /// Syncs to disk: a key that is lost in a power cut makes its certificate useless.
  bool write(std::string_view text) const {
    while (file_.fd >= 0 && !text.empty()) {
      const auto written = ::write(file_.fd, text.data(), text.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    return file_.fd >= 0 && ::fsync(file_.fd) == 0;
  }
  bool set_mode(mode_t mode) const { return ::fchmod(file_.fd, mode) == 0; }
  bool be_like(const struct stat& old) const {
    return ::fchown(file_.fd, old.st_uid, old.st_gid) == 0 && set_mode(old.st_mode & keepable);
  }
  bool rename_to(const std::string& path) const {
    return ::rename(name_.c_str(), path.c_str()) == 0;
  }
  /// Fails with EEXIST, where rename() would overwrite.
  bool link_to(const std::string& path) const { return ::link(name_.c_str(), path.c_str()) == 0; }

 private:
  std::string name_;
  Descriptor file_;
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
  if (exists && !S_ISREG(old.st_mode)) return Error{path + " is not a regular file"};
  const Draft draft(path);
  const bool written = draft.write(text) && (exists ? draft.be_like(old) : draft.set_mode(mode)) &&
                       draft.rename_to(path);
  if (written) return std::nullopt;
  return problem(path + " cannot be written", errno);
}

Descriptor::~Descriptor() {
  if (fd >= 0) ::close(fd);
}

FolderLock::FolderLock(const std::string& folder)
    : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  while (folder_.fd >= 0 && !held_) {
    held_ = ::flock(folder_.fd, LOCK_EX) == 0;
    if (!held_ && errno != EINTR) return;
  }
}

}  // namespace tls
