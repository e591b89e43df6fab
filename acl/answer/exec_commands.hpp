// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "acl/reason.hpp"

namespace acl::answer {

/// Removes the command lines of execs from SystemEvents, record by record. The engine reports them
/// as `"Action":"exec_create: mysql --password=…"`, which a monitor that may not inspect an exec
/// must not see. The action itself stays: `exec_create:`.
///
/// Accepts concatenated JSON texts, with or without line ends between them (`application/json`,
/// `application/x-ndjson`, `application/jsonl`), and texts that begin with a record separator
/// (`application/json-seq`, RFC 7464). It holds at most one record that arrived in pieces.
class ExecCommands {
 public:
  /// \param most bytes of a record
  void begin(std::size_t most);
  /// Returns whether records of this media type can be read.
  static bool knows(std::string_view content_type);

  /// Appends to `out` what is sent instead of `piece`. \returns why the answer cannot go on: it is
  /// not such a text, or a record is too large
  std::optional<Reason> pass(std::string_view piece, bool last, std::string& out);

  std::size_t capacity() const { return record_.capacity(); }

 private:
  void take(char c);
  void end_string();
  /// Cuts the string under way behind its action. Returns whether it has one.
  bool cut();

  std::size_t most_ = 0;
  std::string record_;  ///< what has come of one that is not whole yet, already cut
  std::size_t depth_ = 0, string_begin_ = 0;
  bool in_string_ = false, escaped_ = false;
  bool dropping_ = false;  ///< the rest of the string under way
};

/// Returns whether the parameter `filters` of SystemEvents would tell command lines by what it lets
/// through, or cannot be read: the engine compares such a filter with the beginning of the action.
bool filters_ask_for_commands(std::string_view filters);

}  // namespace acl::answer
