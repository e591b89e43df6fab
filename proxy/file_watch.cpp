// SPDX-License-Identifier: Apache-2.0
#include "proxy/file_watch.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>

#include "proxy/path_walk.hpp"

namespace proxy {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t replaced_by = IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM;
/// Events of a file itself, which may be written under another name, for example by a container
/// that has it mounted. Only its directory reports writes to a new file that is not watched yet.
constexpr std::uint32_t in_files = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB;
/// Events of a directory itself. They matter where the one above it cannot be watched.
constexpr std::uint32_t directory_left = IN_MOVE_SELF | IN_DELETE_SELF;
constexpr std::uint32_t in_directories = replaced_by | directory_left;

/// A link or a directory is complete when it is created; a file is created empty and closed by its
/// writer later.
FileEvent creation_of(const std::string& path) {
  std::error_code ignored;
  const auto type = fs::symlink_status(path, ignored).type();
  const bool is_complete = type == fs::file_type::symlink || type == fs::file_type::directory;
  return is_complete ? FileEvent::replaced : FileEvent::written;
}

std::optional<FileEvent> event_of(std::uint32_t mask, const std::string& path) {
  if ((mask & IN_MODIFY) != 0) return FileEvent::written;
  if ((mask & IN_CREATE) != 0) return creation_of(path);
  if ((mask & IN_MOVED_TO) != 0) return FileEvent::replaced;
  if ((mask & IN_CLOSE_WRITE) != 0) return FileEvent::finished;
  if ((mask & (IN_DELETE | IN_MOVED_FROM)) != 0) return FileEvent::removed;
  if ((mask & IN_ATTRIB) != 0) return FileEvent::touched;
  return std::nullopt;
}

/// Whether any process has the file open for writing: the kernel then grants no lease. Works only
/// for the file's owner or root, and not on every file system; otherwise returns false.
bool is_open_for_writing(const std::string& file) {
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (opened < 0) return false;
  const bool is_held = ::fcntl(opened, F_SETLEASE, F_RDLCK) != 0 && errno == EAGAIN;
  ::close(opened);  // ends the lease
  return is_held;
}

void tell_of_unfinished_file(const std::string& file, bool is_being_written) {
  if (is_being_written)
    spdlog::error(
        "{} is not read, and what was read from it stays in force: it has been written, but not "
        "been closed for {} s. Close it, rename a finished file into its place, or send SIGHUP to "
        "have it read as it is",
        file, unfinished_time.count());
  else
    spdlog::error(
        "{} is not read, and what was read from it stays in force: it has kept changing for {} s. "
        "Leave it alone for {} s, or send SIGHUP to have it read as it is",
        file, unfinished_time.count(), settle_time.count());
}

}  // namespace

FileWatch::FileWatch(net::io_context& loop, std::function<void()> on_change)
    : events_(loop), timer_(loop), on_change_(std::move(on_change)) {}

bool FileWatch::open(std::vector<std::string>& problems) {
  if (events_.is_open()) return true;
  const int made = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (made < 0) {
    problems.push_back(std::string("inotify: ") + std::generic_category().message(errno));
    return false;
  }
  error_code failed;
  events_.assign(made, failed);
  events_.non_blocking(true, failed);  // otherwise Asio's read_some() would block the loop
  return true;
}

std::vector<std::string> FileWatch::watch(std::vector<std::string> files) {
  files_ = std::move(files);
  std::vector<std::string> problems;
  if (open(problems)) replace_places(find_places(problems));
  return problems;
}

FileWatch::Places FileWatch::find_places(std::vector<std::string>& problems) {
  Places places;
  for (const auto& file : files_) {
    const auto add = [&](const Key& key, const std::string& path) {
      if (key.first == nothing) return;
      places[key].path = path;
      places[key].files.insert(file);
    };
    walk_path(file, [&](const PathStep& step) {
      const auto events = step.ends ? in_directories | in_files : in_directories;
      const int directory = add_watch(step.directory, events, step.ends, problems);
      add({directory, ""}, step.directory);
      add({directory, step.name}, (fs::path(step.directory) / step.name).string());
    });
    add({add_watch(file, in_files, true, problems), ""}, file);
    add({whole_path, file}, file);
  }
  return places;
}

/// Watching a directory or a file again returns the same descriptor. One that is missing is
/// reported by the directory above it when it appears, and one above the last that is not ours to
/// read need not be watched: those below it report when they are moved or deleted.
int FileWatch::add_watch(const std::string& path, std::uint32_t events, bool is_last,
                         std::vector<std::string>& problems) {
  const int id = ::inotify_add_watch(events_.native_handle(), path.c_str(), events | IN_MASK_ADD);
  if (id >= 0) return id;
  const bool is_missing = errno == ENOENT || errno == ENOTDIR;
  if (is_missing || (errno == EACCES && !is_last)) return nothing;
  const auto problem = path + ": " + std::generic_category().message(errno);
  if (std::ranges::find(problems, problem) == problems.end()) problems.push_back(problem);
  return nothing;
}

/// Keeps the state of places that are still watched. A file that was replaced is no longer watched,
/// even if a process still writes to it.
void FileWatch::replace_places(Places places) {
  std::set<int> left;
  for (auto& [key, place] : places_) {
    const auto same = places.find(key);
    if (same != places.end()) same->second.change = place.change;
    left.insert(key.first);
  }
  for (const auto& [key, place] : places) left.erase(key.first);
  for (const int id : left) ::inotify_rm_watch(events_.native_handle(), id);
  places_ = std::move(places);
}

Task<void> FileWatch::run() {
  while (events_.is_open()) {
    const auto [error] =
        co_await events_.async_wait(net::posix::stream_descriptor::wait_read, as_result);
    if (error) co_return;
    look();
    arm();
  }
}

void FileWatch::look() {
  alignas(inotify_event) std::array<char, 4096> buffer;
  int waiting = 0;  // read no more than that: a busy neighbour could keep us here
  ::ioctl(events_.native_handle(), FIONREAD, &waiting);
  while (waiting > 0) {
    error_code failed;
    const auto size = events_.read_some(net::buffer(buffer), failed);
    if (failed) break;
    take(buffer.data(), size);
    waiting -= static_cast<int>(size);
  }
  if (std::exchange(replaced_, false)) watch(std::move(files_));
}

void FileWatch::take(const char* events, std::size_t size) {
  for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
    inotify_event event{};
    std::memcpy(&event, events + at, sizeof event);
    take(event, event.len == 0 ? "" : events + at + sizeof event);
    at += sizeof event + event.len;
  }
}

void FileWatch::take(const inotify_event& event, std::string_view name) {
  if ((event.mask & IN_Q_OVERFLOW) != 0) return take_overflow();
  const auto found = places_.find({event.wd, std::string(name)});
  if (found == places_.end()) return;
  auto& place = found->second;
  if (const auto what = event_of(event.mask, place.path)) place.change.note(*what, Clock::now());
  if ((event.mask & directory_left) != 0)  // its place is no longer on the way
    for (const auto& file : place.files)
      places_[{whole_path, file}].change.note(FileEvent::removed, Clock::now());
  replaced_ = replaced_ || (event.mask & (replaced_by | directory_left)) != 0;
}

/// Events were lost, so each file may have changed. A file that is still open for writing is held
/// back before it is read. Whoever may write to a directory on the way could cause this at will, so
/// it must not switch reloads off.
void FileWatch::take_overflow() {
  for (auto& [key, place] : places_) place.change.note(FileEvent::replaced, Clock::now());
  replaced_ = true;
  spdlog::warn("too many files changed at once to follow them: all are read again");
}

void FileWatch::act() {
  look();
  const auto now = Clock::now();
  tell_of_unfinished(now);
  if (time_of_change() <= now) {
    hold_open_files(now);
    if (settle(now)) on_change_();
  }
  arm();
}

/// A settled change waits for other changes, but no longer than the settle time.
FileChange::Time FileWatch::time_of_change() const {
  auto first = FileChange::never, last = FileChange::Time::min();
  for (const auto& [key, place] : places_) {
    const auto time = place.change.settles_at();
    if (time == FileChange::never) continue;
    first = std::min(first, time);
    last = std::max(last, time);
  }
  return first == FileChange::never ? first : std::min(last, first + settle_time);
}

/// A file that was closed or replaced may still have other writers.
void FileWatch::hold_open_files(FileChange::Time now) {
  for (auto& [key, place] : places_) {
    if (place.change.settles_at() > now) continue;
    if (std::ranges::any_of(place.files, is_open_for_writing))
      place.change.note(FileEvent::held, now);
  }
}

/// \returns whether there is something new to read. A file may be settled in one place and still be
/// written in another.
bool FileWatch::settle(FileChange::Time now) {
  std::set<std::string> changed, gone;
  std::error_code ignored;
  for (auto& [key, place] : places_) {
    if (place.change.settles_at() > now) continue;
    for (const auto& file : place.files) {
      const bool is_gone = place.change.is_removal() && !fs::exists(file, ignored);
      (is_gone ? gone : changed).insert(file);
    }
    place.change = {};
  }
  for (const auto& file : gone)
    spdlog::error("{} is gone: what was read from it stays in force", file);
  return std::ranges::any_of(changed, [this](const auto& file) { return is_finished(file); });
}

/// Reports each file once, though it may be watched in several places.
void FileWatch::tell_of_unfinished(FileChange::Time now) {
  std::set<std::string> told;
  for (auto& [key, place] : places_) {
    if (place.change.is_late_at() > now) continue;
    place.change.set_told();
    for (const auto& file : place.files)
      if (told.insert(file).second) tell_of_unfinished_file(file, place.change.is_being_written());
  }
  for (auto& [key, place] : places_)
    if (std::ranges::any_of(place.files, [&](const auto& file) { return told.contains(file); }))
      place.change.set_told();
}

void FileWatch::arm() {
  auto next = time_of_change();
  for (const auto& [key, place] : places_) next = std::min(next, place.change.is_late_at());
  if (next == FileChange::never || !events_.is_open()) return;
  timer_.expires_at(next);
  timer_.async_wait([this](const error_code& error) {
    if (!error && events_.is_open()) act();
  });
}

bool FileWatch::is_finished(const std::string& file) const {
  return std::ranges::all_of(places_, [&](const auto& entry) {
    const auto& place = entry.second;
    return place.change.at_rest() || !place.files.contains(file);
  });
}

void FileWatch::take_as_finished() {
  for (auto& [key, place] : places_) place.change = {};
}

void FileWatch::close() {
  error_code ignored;
  events_.close(ignored);
  timer_.cancel();
}

}  // namespace proxy
