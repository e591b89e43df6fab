// SPDX-License-Identifier: Apache-2.0
#include "proxy/file_sink.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <system_error>
#include <tuple>
#include <utility>

namespace proxy {

FileSink::FileSink(const std::string& path)
    : name_(path == "-" ? "standard output" : path),
      path_(path == "-" ? "" : path),
      next_(path == "-" ? STDOUT_FILENO : -1) {}

FileSink::~FileSink() {
  if (path_.empty()) return;
  for (const int descriptor : {descriptor_, next_.load()})
    if (descriptor >= 0) ::close(descriptor);
}

std::string FileSink::problem(int error) const {
  if (error == ENXIO) return name_ + ": nobody reads this FIFO";
  return name_ + ": " + std::generic_category().message(error);
}

std::optional<std::string> FileSink::open() {
  struct stat status{};
  const bool is_fifo = ::stat(path_.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
  auto failed = path_.empty() ? std::nullopt : reopen();
  return is_fifo && failed ? std::nullopt : failed;
}

/// O_NONBLOCK: opening a FIFO must not wait for its reader, nor a write for a slow one.
std::optional<std::string> FileSink::reopen() {
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK;
  const int opened = ::open(path_.c_str(), flags, 0640);
  if (opened < 0) return problem(errno);
  if (const int unused = next_.exchange(opened); unused >= 0) ::close(unused);
  return std::nullopt;
}

void FileSink::adopt(int descriptor) {
  if (descriptor_ >= 0 && !path_.empty()) ::close(descriptor_);
  descriptor_ = descriptor;
  struct stat status{};
  is_regular_ = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  if (is_regular_ && !path_.empty() && status.st_size > 0) end_torn_line(status.st_size - 1);
}

/// A process that was killed while it wrote may have left half a line. The first record would be
/// lost in it.
void FileSink::end_torn_line(off_t last) const {
  char byte = '\n';
  const int reading = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (reading < 0) return;
  const bool torn = ::pread(reading, &byte, 1, last) == 1 && byte != '\n';
  ::close(reading);
  if (torn) std::ignore = ::write(descriptor_, "\n", 1);
}

LineSink::Written FileSink::write(std::string_view lines) {
  if (descriptor_ < 0 && next_.load() < 0)
    if (auto failed = reopen()) return {.problem = *std::move(failed)};
  if (const int next = next_.exchange(-1); next >= 0) adopt(next);
  return is_regular_ ? write_whole_lines(lines) : write_piece(lines);
}

LineSink::Written FileSink::write_whole_lines(std::string_view lines) {
  std::size_t done = 0;
  while (done < lines.size()) {
    const auto n = ::write(descriptor_, lines.data() + done, lines.size() - done);
    const int error = errno;
    if (n >= 0) done += static_cast<std::size_t>(n);
    if (n < 0 && error != EINTR)
      return {done - cut_torn_line(lines.substr(0, done)), problem(error)};
  }
  return {done};
}

/// Cuts the file back to its last whole line, unless somebody else has appended to it since.
/// \returns how many bytes were cut.
std::size_t FileSink::cut_torn_line(std::string_view written) const {
  const auto torn = written.size() - (written.rfind('\n') + 1);
  const auto end = ::lseek(descriptor_, 0, SEEK_CUR);
  struct stat status{};
  if (torn == 0 || ::fstat(descriptor_, &status) != 0 || status.st_size != end) return 0;
  const auto whole = end - static_cast<off_t>(torn);
  return whole >= 0 && ::ftruncate(descriptor_, whole) == 0 ? torn : 0;
}

/// Writes what a pipe takes at once if it takes anything, so that an inherited pipe, which must
/// stay in blocking mode, does not block us for long. POSIX does not interleave pieces of this
/// size.
LineSink::Written FileSink::write_piece(std::string_view lines) {
  constexpr int patience_ms = 1000;
  pollfd writable{.fd = descriptor_, .events = POLLOUT, .revents = 0};
  if (::poll(&writable, 1, patience_ms) == 0)
    return {.problem = name_ + ": its reader has taken nothing for a second"};
  auto piece = lines.substr(0, PIPE_BUF);
  if (const auto end = piece.rfind('\n'); end != piece.npos) piece = piece.substr(0, end + 1);
  const auto n = ::write(descriptor_, piece.data(), piece.size());
  if (n >= 0) return {static_cast<std::size_t>(n)};
  const int error = errno;
  if (error == EINTR || error == EAGAIN) return {};
  if (error == EPIPE && !path_.empty()) ::close(std::exchange(descriptor_, -1));
  return {.problem = problem(error)};
}

}  // namespace proxy
