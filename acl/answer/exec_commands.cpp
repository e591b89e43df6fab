// SPDX-License-Identifier: Apache-2.0
#include "acl/answer/exec_commands.hpp"

#include <algorithm>
#include <array>

#include "acl/json/document.hpp"
#include "acl/json/ranges.hpp"
#include "acl/text/ascii.hpp"

namespace acl::answer {
namespace {

constexpr auto actions = std::to_array<std::string_view>({"exec_create:", "exec_start:"});
// JSON white space, and the separator before each record of a json-seq.
constexpr std::string_view between = " \t\r\n\x1e";

/// The action at the start of `text`; empty if there is none.
std::string_view action_of(std::string_view text) {
  const auto* const found =
      std::ranges::find_if(actions, [text](auto action) { return text.starts_with(action); });
  return found == actions.end() ? std::string_view{} : *found;
}

// An action with every letter escaped: \u0065 …
constexpr std::size_t longest_written = 6 * 12;

/// The same for the content of a string as written. An engine escapes nothing in these words; a
/// string with escapes is decoded first.
std::string_view action_written(std::string_view content) {
  if (content.substr(0, longest_written).find('\\') == content.npos) return action_of(content);
  const auto decoded = json::text_of("\"" + std::string(content) + "\"");
  return decoded ? action_of(*decoded) : std::string_view{};
}

/// Returns whether a filter of events names more than an action.
bool tells_command(std::string_view filter) {
  const auto action = action_of(filter);
  return !action.empty() && filter.find_first_not_of(' ', action.size()) != filter.npos;
}

}  // namespace

void ExecCommands::begin(std::size_t most) {
  *this = ExecCommands();
  most_ = most;
}

bool ExecCommands::knows(std::string_view content_type) {
  constexpr auto known = std::to_array<std::string_view>(
      {"application/json", "application/x-ndjson", "application/ndjson", "application/jsonl",
       "application/json-seq"});
  const auto type = lower_case(content_type.substr(0, content_type.find_first_of("; \t")));
  return std::ranges::find(known, type) != known.end();
}

std::optional<Reason> ExecCommands::pass(std::string_view piece, bool last, std::string& out) {
  for (const char c : piece) {
    if (record_.empty() && between.find(c) != between.npos) {
      out.push_back(c);
      continue;
    }
    if (record_.empty() && c != '{') return Reason::upstream_malformed;
    take(c);
    if (record_.size() > most_) return Reason::answer_too_large;
    if (depth_ != 0) continue;
    out.append(record_);
    record_.clear();
  }
  return last && !record_.empty() ? std::optional(Reason::upstream_malformed) : std::nullopt;
}

void ExecCommands::take(char c) {
  if (in_string_ && !escaped_ && c == '"') return end_string();
  if (!dropping_) record_.push_back(c);
  if (in_string_) {
    escaped_ = !escaped_ && c == '\\';
    // A long command is not held only to be dropped at its end.
    if (!dropping_ && record_.size() - string_begin_ == longest_written) dropping_ = cut();
  } else if (c == '"') {
    in_string_ = true;
    string_begin_ = record_.size();
  } else if (c == '{' || c == '[') {
    ++depth_;
  } else if (c == '}' || c == ']') {
    --depth_;
  }
}

void ExecCommands::end_string() {
  if (!dropping_) cut();
  record_.push_back('"');
  in_string_ = dropping_ = false;
}

bool ExecCommands::cut() {
  const auto action = action_written(std::string_view(record_).substr(string_begin_));
  if (!action.empty()) record_.replace(string_begin_, record_.npos, action);
  return !action.empty();
}

bool filters_ask_for_commands(std::string_view filters) {
  if (filters.empty()) return false;
  json::Document document;
  if (document.read(filters)) return true;  // the engine may read more into it
  for (const auto member : document.root()) {
    if (member.key() != "event") continue;
    for (const auto value : member)  // the values of a list, or the keys of a map
      if (tells_command(value.text()) || tells_command(value.key())) return true;
  }
  return false;
}

}  // namespace acl::answer
