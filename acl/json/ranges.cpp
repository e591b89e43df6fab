// SPDX-License-Identifier: Apache-2.0
#include "acl/json/ranges.hpp"

#include <algorithm>
#include <utility>

#include "acl/json/document.hpp"

namespace acl::json {
namespace {

constexpr std::string_view space = " \t\r\n";

void skip_space(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
}

bool take(char wanted, std::string_view& text) {
  skip_space(text);
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

/// The position behind the closing quote of the string at `begin`; npos if it does not end.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
  for (auto at = begin + 1;; at += 2) {
    at = text.find_first_of("\"\\", at);
    if (at == text.npos || text[at] == '"') return at == text.npos ? at : at + 1;
  }
}

/// The position behind the bracket that closes the first one of the text.
std::size_t end_of_nested(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t at = 0;;) {
    at = text.find_first_of("\"{}[]", at);
    if (at == text.npos) return at;
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      if (at == text.npos) return at;
      continue;
    }
    ++at;
    depth += c == '{' || c == '[' ? 1 : std::size_t(-1);
    if (depth == 0) return at;
  }
}

}  // namespace

std::optional<std::string_view> take_value(std::string_view& text) {
  skip_space(text);
  if (text.empty()) return std::nullopt;
  std::size_t end = 0;
  if (text.front() == '"')
    end = end_of_string(text, 0);
  else if (text.front() == '{' || text.front() == '[')
    end = end_of_nested(text);
  else
    end = std::min(text.find_first_of(",}] \t\r\n"), text.size());
  if (end == text.npos || end == 0) return std::nullopt;
  const auto value = text.substr(0, end);
  text.remove_prefix(end);
  return value;
}

Members::Members(std::string_view object) : rest_(object) {
  if (!take('{', rest_)) rest_ = {};
}

std::optional<Member> Members::next() {
  whole_ = take('}', rest_);
  if (whole_ || (!std::exchange(first_, false) && !take(',', rest_))) return std::nullopt;
  skip_space(rest_);
  const auto key = rest_.starts_with('"') ? take_value(rest_) : std::nullopt;
  if (!key || !take(':', rest_)) return std::nullopt;
  const auto value = take_value(rest_);
  if (!value) return std::nullopt;
  return Member{key->substr(1, key->size() - 2), *value};
}

std::optional<std::string> text_of(std::string_view value) {
  if (!value.starts_with('"')) return std::nullopt;
  Document decoded;
  if (decoded.read(value)) return std::nullopt;
  return std::string(decoded.root().text());
}

bool is_zero(std::string_view value) {
  if (value == "null" || value == "false" || value == "0" || value == "\"\"") return true;
  const bool nested = value.starts_with('{') || value.starts_with('[');
  return nested && value.find_first_not_of(space, 1) == value.size() - 1;
}

}  // namespace acl::json
