// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "proxy/verbs/certs.hpp"
#include "tls/name.hpp"

namespace proxy::verbs::certs {
namespace {

/// More than any password with the end of its line.
constexpr std::size_t most_bytes = 256;

acl::Error cannot_read(const std::string& what) {
  return {what + " cannot be read: " + std::generic_category().message(errno)};
}

/// Whether the descriptor is of a file that others can read. A pipe is only its reader's.
bool is_open_to_others(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
         (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

acl::Result<std::string> read_all(int fd, const std::string& what) {
  std::array<char, most_bytes + 1> room{};
  std::size_t size = 0;
  while (size < room.size()) {
    const auto got = ::read(fd, room.data() + size, room.size() - size);
    if (got < 0 && errno != EINTR) return cannot_read(what);
    if (got == 0) break;
    if (got > 0) size += static_cast<std::size_t>(got);
  }
  if (size == room.size())
    return acl::Error{what + " has more than 256 bytes: is it the right file?"};
  return std::string(room.data(), size);
}

acl::Result<std::string> read_file(const std::string& path) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input");
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return cannot_read(path);
  auto text = is_open_to_others(fd)
                  ? acl::Error{path + " can be read by other users: run `chmod 600 " + path + "`"}
                  : read_all(fd, path);
  ::close(fd);
  return text;
}

}  // namespace

acl::Result<std::string> read_password(const std::string& path) {
  auto text = read_file(path);
  if (!text) return text;
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  const auto flaw = tls::flaw_of_password(*text);
  if (!flaw.empty()) return acl::Error{path + ": " + flaw};
  return text;
}

}  // namespace proxy::verbs::certs
