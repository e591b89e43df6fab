// SPDX-License-Identifier: Apache-2.0
#include "acl/answer/exec_commands.hpp"

#include <algorithm>
#include <array>

#include "acl/json/ranges.hpp"

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

/// The same for a string as written, with its quotes. An engine escapes nothing in these words; a
/// string with escapes is decoded first.
std::string_view action_written(std::string_view value) {
  constexpr std::size_t longest_escaped = 6 * 12;  // \u0065 …
  const auto content = value.substr(1);
  if (content.substr(0, longest_escaped).find('\\') == content.npos) return action_of(content);
  const auto decoded = json::text_of(value);
  return decoded ? action_of(*decoded) : action_of(content);
}

bool is_key(std::string_view behind) {
  const auto next = behind.find_first_not_of(" \t\r\n");
  return next != behind.npos && behind[next] == ':';
}

/// Appends the record and cuts the text behind an action, wherever it occurs.
void cut(std::string_view record, std::string& out) {
  for (auto quote = record.find('"'); quote != record.npos; quote = record.find('"')) {
    out.append(record.substr(0, quote));
    record.remove_prefix(quote);
    const auto value = json::take_value(record);
    if (!value) break;  // malformed: a string does not end
    const auto action = is_key(record) ? std::string_view{} : action_written(*value);
    out.append(action.empty() ? *value : "\"" + std::string(action) + "\"");
  }
  out.append(record);
}

}  // namespace

void ExecCommands::begin(std::size_t most) {
  most_ = most;
  std::string().swap(record_);
  depth_ = 0;
  in_string_ = escaped_ = false;
}

bool ExecCommands::knows(std::string_view content_type) {
  constexpr auto known = std::to_array<std::string_view>(
      {"application/json", "application/x-ndjson", "application/ndjson", "application/jsonl",
       "application/json-seq"});
  const auto type = content_type.substr(0, content_type.find_first_of("; \t"));
  return std::ranges::find(known, type) != known.end();
}

std::optional<Reason> ExecCommands::pass(std::string_view piece, bool last, std::string& out) {
  for (;;) {
    if (record_.empty()) {
      const auto begin = std::min(piece.find_first_not_of(between), piece.size());
      out.append(piece.substr(0, begin));
      piece.remove_prefix(begin);
    }
    if (piece.empty()) break;
    if (record_.empty() && piece.front() != '{') return Reason::upstream_malformed;
    const auto end = end_of_record(piece);
    const bool whole = end <= piece.size();
    const auto part = piece.substr(0, end);
    if (record_.size() + part.size() > most_) return Reason::answer_too_large;
    if (!whole || !record_.empty()) record_.append(part);
    if (!whole) break;
    cut(record_.empty() ? part : record_, out);
    record_.clear();
    piece.remove_prefix(end);
  }
  return last && !record_.empty() ? std::optional(Reason::upstream_malformed) : std::nullopt;
}

/// The position behind the brace that ends the record; npos if it has not arrived. Looks at each
/// byte once, however many pieces a record comes in.
std::size_t ExecCommands::end_of_record(std::string_view piece) {
  for (std::size_t at = 0; at < piece.size(); ++at) {
    const char c = piece[at];
    if (in_string_) {
      if (escaped_)
        escaped_ = false;
      else if (c == '\\')
        escaped_ = true;
      else
        in_string_ = c != '"';
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if ((c == '}' || c == ']') && --depth_ == 0) {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace acl::answer
