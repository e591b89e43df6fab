// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_text.hpp"

#include <algorithm>
#include <string_view>

#include "acl/text/ascii.hpp"

namespace config {
namespace {

constexpr std::size_t step = 2;  // columns of a level
constexpr std::string_view digits = "0123456789";
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view word_marks = "_./:-";

bool holds(std::string_view set, char c) {
  return set.find(c) != set.npos;
}

/// "unix:///run/a.sock", "ContainerList": begins with a letter or a slash, and is no null.
bool is_word(std::string_view text) {
  const auto fits = [](char c) {
    return holds(letters, c) || holds(digits, c) || holds(word_marks, c);
  };
  const bool begins = !text.empty() && (holds(letters, text.front()) || text.front() == '/');
  return begins && std::ranges::all_of(text, fits) && !text.ends_with(':') &&
         acl::lower_case(text) != "null";
}

std::size_t span(std::string_view text, std::string_view set) {
  return std::min(text.find_first_not_of(set), text.size());
}

/// "64", "1.5", "10s", "64KiB"; not "0660", which is octal to some, nor "1e3".
bool is_number(std::string_view text) {
  const auto whole = span(text, digits);
  if (whole == 0 || (whole > 1 && text.starts_with('0'))) return false;
  text.remove_prefix(whole);
  if (text.starts_with('.'))
    return text.size() > 1 && span(text.substr(1), digits) + 1 == text.size();
  return span(text, letters) == text.size();
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string scalar_text(std::string_view text) {
  return is_word(text) || is_number(text) ? std::string(text) : in_quotes(text);
}

void append_block(const YamlNode&, std::size_t indent, std::string& out);

/// What stands behind a key.
void append_value(const YamlNode& node, std::size_t indent, std::string& out) {
  switch (node.kind) {
    case YamlNode::Kind::null:
    case YamlNode::Kind::refused: break;
    case YamlNode::Kind::scalar: out += " " + scalar_text(node.text); break;
    case YamlNode::Kind::list:
      if (node.items.empty()) out += " []";
      break;
    case YamlNode::Kind::map:
      if (node.entries.empty()) out += " {}";
      break;
  }
  out += "\n";
  append_block(node, indent, out);
}

void append_item(const YamlNode& item, std::size_t indent, std::string& out) {
  if (!item.comment.empty()) out += std::string(indent, ' ') + "# " + item.comment + "\n";
  std::string block;
  append_value(item, indent + step, block);
  // The first key of a map stands on the line of its dash.
  if (block.starts_with('\n')) block = " " + block.substr(1 + indent + step);
  out += std::string(indent, ' ') + "-" + block;
}

void append_block(const YamlNode& node, std::size_t indent, std::string& out) {
  for (const auto& [key, value] : node.entries) {
    out += std::string(indent, ' ') + scalar_text(key) + ":";
    append_value(value, indent + step, out);
  }
  for (const auto& item : node.items) append_item(item, indent, out);
}

}  // namespace

std::string yaml_text(const YamlNode& map) {
  std::string out;
  append_block(map, 0, out);
  return out;
}

}  // namespace config
