// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace proxy {

/// Where a LineQueue's lines go: a file, and in time perhaps journald or syslog.
class LineSink {
 public:
  struct Written {
    std::size_t bytes = 0;
    std::string problem = {};  ///< why no more were taken; empty: try the rest at once
  };

  LineSink() = default;
  LineSink(const LineSink&) = delete;
  LineSink& operator=(const LineSink&) = delete;
  virtual ~LineSink() = default;

  /// Opens the destination, also while the writing thread uses an older one: after a rotation.
  /// \returns what went wrong; lines then still go to the older one.
  virtual std::optional<std::string> open() = 0;
  /// Writes whole lines, on the writing thread. May wait, but comes back within some seconds.
  virtual Written write(std::string_view lines) = 0;
};

}  // namespace proxy
