// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "proxy/socket.hpp"

namespace proxy {

/// Tells when one of several files has changed. Watches their directories: editors, certificate
/// tools and Kubernetes put a new file, or a new link, in an old one's place.
class FileWatch {
 public:
  /// `on_change` is called once a burst of changes has ended.
  FileWatch(net::io_context& loop, std::function<void()> on_change);

  /// Replaces what is watched. \returns the directories that cannot be, with the cause.
  std::vector<std::string> watch(const std::vector<std::string>& files);
  /// Reports changes until close().
  Task<void> run();
  void close();

 private:
  bool concerns_us(const char* events, std::size_t size) const;
  Task<bool> let_it_settle();

  net::posix::stream_descriptor events_;
  net::steady_timer settled_;
  std::function<void()> on_change_;
  std::map<int, std::set<std::string>> names_;  ///< of each watched directory
};

}  // namespace proxy
