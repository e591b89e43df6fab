// SPDX-License-Identifier: Apache-2.0
// Any bytes as an engine's events: the same goes on, for the same reason, wherever the pieces end;
// and of records that an independent parser reads, nothing but command lines is gone.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "acl/answer/exec_commands.hpp"

namespace {

using Json = nlohmann::json;

constexpr std::size_t most = 256;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Passed {
  std::string out;
  std::optional<acl::Reason> reason;
  bool operator==(const Passed&) const = default;
};

/// In pieces of so many bytes, the first of `first`.
Passed pass(std::string_view text, std::size_t first, std::size_t rest) {
  acl::answer::ExecCommands commands;
  commands.begin(most);
  Passed passed;
  for (std::size_t size = first; !passed.reason && !text.empty(); size = rest) {
    const auto piece = text.substr(0, size);
    text.remove_prefix(piece.size());
    passed.reason = commands.pass(piece, false, passed.out);
  }
  if (!passed.reason) passed.reason = commands.pass({}, true, passed.out);
  return passed;
}

/// Whether there is more than space.
bool more(std::istream& stream) {
  for (;;) {
    const auto next = stream.peek();
    if (next != ' ' && next != '\t' && next != '\r' && next != '\n') return stream.good();
    stream.get();
  }
}

/// The records of a stream; nothing where the parser stops at one.
std::optional<std::vector<Json>> records(std::string text) {
  if (text.find("\xef\xbb\xbf") != text.npos) return std::nullopt;  // it skips byte order marks
  bool quoted = false, escaped = false;
  for (auto& c : text) {
    if (c == '"' && !escaped) quoted = !quoted;
    if (c == '\x1e' && !quoted) c = ' ';
    escaped = quoted && c == '\\' && !escaped;
  }
  std::istringstream stream(text);
  std::vector<Json> found;
  try {
    while (more(stream)) {
      stream >> found.emplace_back();
      if (!found.back().is_object()) return std::nullopt;
    }
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  return found;
}

// A key is cut like a value, and two keys that are cut become one.
bool names_action(const Json& json) {
  for (const auto& [key, part] : json.items())
    if ((json.is_object() && key.starts_with("exec_")) ||
        (part.is_structured() && names_action(part)))
      return true;
  return false;
}

void cut(Json& json) {
  if (json.is_structured())
    for (auto& part : json) cut(part);
  if (!json.is_string()) return;
  for (const std::string action : {"exec_create:", "exec_start:"})
    if (json.get_ref<const std::string&>().starts_with(action)) json = action;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto whole = pass(text, size, size);
  require(pass(text, 1, 1) == whole);
  for (std::size_t split = 1; split < size && size <= 2 * most; ++split)
    require(pass(text, split, size) == whole);
  auto expected = records(text);
  if (!expected) return 0;
  if (whole.reason) {
    require(*whole.reason == acl::Reason::answer_too_large);
    return 0;
  }
  if (std::ranges::any_of(*expected, names_action)) return 0;
  for (auto& record : *expected) cut(record);
  require(records(whole.out) == expected);
  return 0;
}
