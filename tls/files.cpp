// SPDX-License-Identifier: Apache-2.0
#include "tls/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <deque>
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

/// Ends the name of a temporary file, before six characters that mkstemp() chooses. No other
/// program writes such names: editors and people make "key.pem.backup".
constexpr std::string_view draft_mark = ".draft-";

/// No authority has as many; a larger folder is not ours.
constexpr std::size_t most_files = 100'000;

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

/// A rename or a new name is only in memory until then: after a power cut a revoked client would be
/// served again. \returns errno; 0 if it is done
int sync_folder(const std::string& path) {
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.fd < 0) return errno;
  if (::fsync(folder.fd) == 0) return 0;
  // Some file systems in user space have no such call for folders.
  return errno == EINVAL ? 0 : errno;
}

/// A temporary file that replaces the intended one or is removed.
class Draft {
 public:
  explicit Draft(const std::string& path)
      : path_(path),
        name_(path + std::string(draft_mark) + "XXXXXX"),
        file_(::mkstemp(name_.data())) {}
  ~Draft() {
    if (file_.fd >= 0) ::unlink(name_.c_str());  // fails after a rename
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  /// Syncs to disk: a key that is lost in a power cut makes its certificate useless.
  bool write(std::string_view text) const {
    while (file_.fd >= 0 && !text.empty()) {
      const auto written = ::write(file_.fd, text.data(), text.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    return file_.fd >= 0 && ::fsync(file_.fd) == 0;
  }
  bool set_mode(mode_t mode) const { return file_.fd >= 0 && ::fchmod(file_.fd, mode) == 0; }
  bool be_like(const struct stat& old) const {
    return ::fchown(file_.fd, old.st_uid, old.st_gid) == 0 && set_mode(old.st_mode & keepable);
  }
  /// \returns errno; 0 if it is done
  int take_over() const {
    return ::rename(name_.c_str(), path_.c_str()) == 0 ? sync_folder(path_) : errno;
  }
  /// Fails with EEXIST, where take_over() would overwrite.
  int be_new() const {
    return ::link(name_.c_str(), path_.c_str()) == 0 ? sync_folder(path_) : errno;
  }

 private:
  std::string path_, name_;
  Descriptor file_;
};

Trouble write_draft(const Draft& draft, const NewFile& file) {
  struct stat old{};
  const bool exists = ::lstat(file.path.c_str(), &old) == 0;
  if (exists && S_ISLNK(old.st_mode)) {
    return Error{file.path +
                 " is a link, and only files are replaced: move the file that it leads " +
                 "to here"};
  }
  if (exists && !S_ISREG(old.st_mode)) return Error{file.path + " is not a regular file"};
  const bool written =
      draft.write(file.text) && (exists ? draft.be_like(old) : draft.set_mode(file.mode));
  if (written) return std::nullopt;
  return problem(file.path + " cannot be written", errno);
}

bool is_draft(const std::string& name) {
  const auto mark = name.rfind(draft_mark);
  return mark != std::string::npos && mark + draft_mark.size() + 6 == name.size();
}

}  // namespace

bool is_there(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

Trouble make_folder(const std::string& path, mode_t mode) {
  std::error_code error;
  const auto above = folder_of(path);
  if (!above.empty()) std::filesystem::create_directories(above, error);
  if (error) return problem("the folder " + above + " cannot be made", error.value());
  // With the mode from the beginning, so that an interruption leaves no folder open to others.
  if (::mkdir(path.c_str(), mode) == 0) {
    if (::chmod(path.c_str(), mode) != 0) return problem("chmod " + path, errno);
  } else if (errno != EEXIST || !std::filesystem::is_directory(path, error)) {
    return problem("the folder " + path + " cannot be made", errno);
  }
  return std::nullopt;
}

Result<std::vector<std::string>> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator next(folder, error);
  for (; !error && next != std::filesystem::directory_iterator(); next.increment(error)) {
    names.push_back(next->path().filename());
    if (names.size() > most_files) return Error{folder + " has more than 100000 entries"};
  }
  if (error) return Error{folder + " cannot be read: " + error.message()};
  std::ranges::sort(names);
  return names;
}

Trouble write_new(const std::string& path, const std::string& text, mode_t mode) {
  const Draft draft(path);
  if (!draft.write(text) || !draft.set_mode(mode))
    return problem(path + " cannot be written", errno);
  const int error = draft.be_new();
  if (error == 0) return std::nullopt;
  if (error == EEXIST) return Error{path + " exists already, and is not overwritten"};
  return problem(path + " cannot be written", error);
}

Trouble replace(const std::vector<NewFile>& files) {
  std::deque<Draft> drafts;  // not a vector: a draft stays where it is made
  for (const auto& file : files) {
    drafts.emplace_back(file.path);
    if (auto trouble = write_draft(drafts.back(), file)) return trouble;
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    const int error = drafts[i].take_over();
    if (error != 0) return problem(files[i].path + " cannot be replaced", error);
  }
  return std::nullopt;
}

Trouble remove_file(const std::string& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
  if (error) return problem(path + " cannot be removed", error.value());
  return std::nullopt;
}

void remove_drafts(const std::string& folder) {
  const auto names = names_in(folder);
  if (!names) return;
  for (const auto& name : *names) {
    if (is_draft(name)) ::unlink((std::filesystem::path(folder) / name).c_str());
  }
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
