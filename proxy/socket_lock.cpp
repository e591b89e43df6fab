// SPDX-License-Identifier: Apache-2.0
#include "proxy/socket_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "proxy/descriptors.hpp"
#include "proxy/unix_socket_file.hpp"

namespace proxy {
namespace {

bool is_ours(const struct stat& status) {
  return S_ISREG(status.st_mode) && status.st_uid == ::geteuid();
}

}  // namespace

std::string lock_of(const std::string& socket) {
  const std::filesystem::path path(socket);
  return path.parent_path() / ("." + path.filename().string() + ".lock");
}

SocketLock::SocketLock(const std::string& socket) : file_(lock_of(socket)) {
  constexpr std::chrono::milliseconds pause{10};
  auto outcome = try_once();
  for (int more = 200; outcome == Outcome::try_again && more > 0; --more) {
    std::this_thread::sleep_for(pause);  // others need a millisecond each
    outcome = try_once();
  }
  if (outcome == Outcome::try_again) problem_ = file_ + " is kept locked by another process";
}

SocketLock::~SocketLock() {
  if (!problem_) ::unlink(file_.c_str());
  close_file();
}

SocketLock::Outcome SocketLock::try_once() {
  constexpr int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  close_file();
  descriptor_ = ::open(file_.c_str(), flags, 0600);
  struct stat status{};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0 || !is_ours(status))
    return remove_strangers_file();
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return Outcome::try_again;
  return is_in_place() ? Outcome::held : Outcome::try_again;
}

/// Who may write to the directory can put a file there, but not keep us from removing it unless the
/// directory is theirs.
SocketLock::Outcome SocketLock::remove_strangers_file() {
  const std::error_code failed(errno, std::generic_category());
  const auto user = "user " + std::to_string(::geteuid());
  struct stat status{};
  const bool is_strangers = ::lstat(file_.c_str(), &status) == 0 && !is_ours(status);
  if (is_strangers && ::unlink(file_.c_str()) == 0) return Outcome::try_again;
  problem_ = is_strangers ? file_ + " is in the way, and " + user + " may not remove it: remove it"
                          : with_remedy(file_ + " cannot be made: " + failed.message(), failed);
  if (!is_strangers && failed == std::errc::permission_denied)
    *problem_ += "; let " + user + " write to its directory";
  return Outcome::failed;
}

/// Whoever held the lock before us has removed the file.
bool SocketLock::is_in_place() const {
  struct stat status{};
  return ::fstat(descriptor_, &status) == 0 &&
         file_at(file_) == FileIdentity{status.st_dev, status.st_ino};
}

void SocketLock::close_file() {
  if (const int opened = std::exchange(descriptor_, -1); opened >= 0) ::close(opened);
}

}  // namespace proxy
