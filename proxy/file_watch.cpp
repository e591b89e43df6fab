// SPDX-License-Identifier: Apache-2.0
#include "proxy/file_watch.hpp"

#include <sys/inotify.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace proxy {
namespace {

/// A file is looked at when it is whole: closed, moved into place, or gone.
constexpr std::uint32_t changes =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB;
constexpr std::chrono::milliseconds quiet{200};  // certificate and key come one after the other
constexpr std::string_view kubernetes_link = "..data";  // its change changes every file beside it

/// The file itself, and what it is a link to: either may be replaced.
std::vector<std::filesystem::path> places_of(const std::string& file) {
  std::error_code ignored;
  auto real = std::filesystem::canonical(file, ignored);
  std::vector<std::filesystem::path> places{std::filesystem::absolute(file)};
  if (!real.empty() && real != places.front()) places.push_back(std::move(real));
  return places;
}

}  // namespace

FileWatch::FileWatch(net::io_context& loop, std::function<void()> on_change)
    : events_(loop), settled_(loop), on_change_(std::move(on_change)) {}

std::vector<std::string> FileWatch::watch(const std::vector<std::string>& files) {
  error_code failed;
  if (!events_.is_open()) {
    const int made = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (made < 0) return {std::string("inotify: ") + std::strerror(errno)};
    events_.assign(made, failed);
    events_.non_blocking(true,
                         failed);  // or Asio's own read_some() would wait, and the loop with it
  }
  // Adding a directory again gives the same number, so old watches are kept and old names
  // forgotten.
  names_.clear();
  std::vector<std::string> problems;
  for (const auto& file : files) {
    for (const auto& place : places_of(file)) {
      const auto directory = place.parent_path();
      const int id = ::inotify_add_watch(events_.native_handle(), directory.c_str(), changes);
      if (id < 0)
        problems.push_back(directory.string() + ": " + std::strerror(errno));
      else
        names_[id].insert(place.filename().string());
    }
  }
  return problems;
}

Task<void> FileWatch::run() {
  alignas(inotify_event) std::array<char, 4096> buffer;
  while (events_.is_open()) {
    const auto [error, n] = co_await events_.async_read_some(net::buffer(buffer), as_result);
    if (error) co_return;
    if (!concerns_us(buffer.data(), n)) continue;
    if (!co_await let_it_settle()) co_return;
    on_change_();
  }
}

bool FileWatch::concerns_us(const char* events, std::size_t size) const {
  for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
    inotify_event event{};
    std::memcpy(&event, events + at, sizeof event);
    if ((event.mask & IN_Q_OVERFLOW) != 0) return true;  // something was missed: look
    const std::string_view name = event.len == 0 ? "" : events + at + sizeof event;
    const auto directory = names_.find(event.wd);
    if (directory != names_.end() &&
        (name == kubernetes_link || directory->second.contains(std::string(name))))
      return true;
    at += sizeof event + event.len;
  }
  return false;
}

/// Waits until nothing has changed for a while; forgets what happened meanwhile.
Task<bool> FileWatch::let_it_settle() {
  std::array<char, 4096> forgotten;
  for (std::size_t pieces = 1; pieces != 0;) {
    settled_.expires_after(quiet);
    const auto [interrupted] = co_await settled_.async_wait(as_result);
    if (interrupted || !events_.is_open()) co_return false;
    error_code none;
    pieces = events_.read_some(net::buffer(forgotten), none);  // EAGAIN: nothing more
  }
  co_return true;
}

void FileWatch::close() {
  error_code ignored;
  events_.close(ignored);
  settled_.cancel();
}

}  // namespace proxy
