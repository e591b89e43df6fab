// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <string>

#include "proxy/line_sink.hpp"

namespace proxy {

/// Lines in a file, a FIFO, or a descriptor that the process was started with.
class FileSink final : public LineSink {
 public:
  /// \param path "-" is standard output
  explicit FileSink(const std::string& path);
  FileSink(int inherited, std::string name) : name_(std::move(name)), next_(inherited) {}
  ~FileSink() override;

  /// Makes the file if need be, readable by its owner and group only; never its directory. A FIFO
  /// without a reader is a problem of write(), since a reader may come later.
  std::optional<std::string> open() override;
  Written write(std::string_view lines) override;

 private:
  std::optional<std::string> reopen();
  void adopt(int descriptor);
  void end_torn_line(off_t last) const;
  Written write_whole_lines(std::string_view);
  Written write_piece(std::string_view);
  std::size_t cut_torn_line(std::string_view written) const;
  std::string problem(int error) const;

  const std::string name_;
  std::string path_ = {};  ///< empty for an inherited descriptor
  std::atomic<int> next_;  ///< opened, and not yet used by the writing thread; or -1
  int descriptor_ = -1;
  bool is_regular_ = false;
};

}  // namespace proxy
