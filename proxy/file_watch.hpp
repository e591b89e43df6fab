// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/file_change.hpp"
#include "proxy/socket.hpp"

struct inotify_event;

namespace proxy {

/// Reports when one of several files has changed and is finished. Watches the files, for writes,
/// and every directory on the way to them, because editors, certificate tools and deployments
/// replace files, links or directories.
class FileWatch {
 public:
  /// \param on_change called when changed files may be read. Files that change at the same time are
  /// waited for, so that a certificate and its key are one change.
  FileWatch(net::io_context& loop, std::function<void()> on_change);

  /// Replaces the list of watched files. \returns which cannot be watched, with the cause.
  std::vector<std::string> watch(std::vector<std::string> files);
  /// Reports changes until close().
  Task<void> run();
  void close();

  /// Processes all events so far.
  void look();
  /// Whether a file may be read: all its changes have settled.
  bool is_finished(const std::string& file) const;
  /// Treats all files as finished, because the operator asked for a reload.
  void take_as_finished();

 private:
  static constexpr int nothing = -1, whole_path = -2;  ///< no descriptors of inotify
  /// One name in a directory; a directory or a file itself (with an empty name); or, with
  /// `whole_path`, a file, to note that its path leads elsewhere.
  using Key = std::pair<int, std::string>;
  struct Place {
    std::string path;
    std::set<std::string> files;  ///< the files that change with it
    FileChange change;
  };
  using Places = std::map<Key, Place>;

  bool open(std::vector<std::string>& problems);
  Places find_places(std::vector<std::string>& problems);
  int add_watch(const std::string& path, std::uint32_t events, bool is_last,
                std::vector<std::string>& problems);
  void replace_places(Places);
  void take(const char* events, std::size_t size);
  void take(const inotify_event&, std::string_view name);
  void take_overflow();
  void act();
  void arm();
  bool settle(FileChange::Time now);
  void hold_open_files(FileChange::Time now);
  void tell_of_unfinished(FileChange::Time now);
  FileChange::Time time_of_change() const;

  net::posix::stream_descriptor events_;
  net::steady_timer timer_;
  std::function<void()> on_change_;
  std::vector<std::string> files_;
  Places places_;
  bool replaced_ = false;  ///< a name now refers to another file, which must be watched
};

}  // namespace proxy
