// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "acl/reason.hpp"

namespace acl::answer {

/// Cuts the command lines of execs out of SystemEvents, record by record: the engine tells them as
/// `"Action":"exec_create: mysql --password=…"`, and a monitor that may not inspect an exec has no
/// business with them. What stays is the action, `exec_create:`.
///
/// Takes JSON texts one behind the other, as engines send them with or without line ends between
/// (`application/json`, `application/x-ndjson`, `application/jsonl`), and those that begin with a
/// record separator (`application/json-seq`, RFC 7464). Memory: one record that came in pieces.
class ExecCommands {
 public:
  /// \param most bytes of a record
  void begin(std::size_t most);
  /// Whether records of this media type can be read.
  static bool knows(std::string_view content_type);

  /// Appends to `out` what is sent in place of `piece`. \returns why the answer cannot go on: it is
  /// no such text, or a record is too large.
  std::optional<Reason> pass(std::string_view piece, bool last, std::string& out);

  std::size_t capacity() const { return record_.capacity(); }

 private:
  std::size_t end_of_record(std::string_view piece);

  std::size_t most_ = 0;
  std::string record_;  ///< what has come of one that is not whole yet
  std::size_t depth_ = 0;
  bool in_string_ = false, escaped_ = false;
};

}  // namespace acl::answer
