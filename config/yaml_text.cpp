// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_text.hpp"

#include <algorithm>
#include <string_view>

#include "acl/text/ascii.hpp"

namespace config {
namespace {

constexpr std::size_t step = 2;  // columns for each level
/// "unix:///run/a.sock", "ContainerList": begins with a letter or a slash, and is no null.
bool is_word(std::string_view text) {
  static constexpr auto bytes = acl::letters_digits_and("_./:-");
  const bool begins = !text.empty() && (acl::is_letter(text.front()) || text.front() == '/');
  return begins && acl::has_only(text, bytes) && !text.ends_with(':') &&
         acl::lower_case(text) != "null";
}

/// Returns whether a number is plain: "64", "1.5", "10s" and "64KiB" are, but not "0660", which
/// some read as octal, nor "1e3".
bool is_number(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  const auto whole = std::min(text.find_first_not_of(digits), text.size());
  if (whole == 0 || (whole > 1 && text.starts_with('0'))) return false;
  text.remove_prefix(whole);
  if (text.starts_with('.')) return acl::is_made_of(text.substr(1), digits);
  return std::ranges::all_of(text, acl::is_letter);
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

/// Writes the value behind a key.
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
  // A map's first key is on the line of its dash.
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

std::string flow_text(const YamlNode& node) {
  std::string out;
  const auto append = [&out](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  for (const auto& item : node.items) append(flow_text(item));
  for (const auto& [key, value] : node.entries) append(scalar_text(key) + ": " + flow_text(value));
  switch (node.kind) {
    case YamlNode::Kind::list: return "[" + out + "]";
    case YamlNode::Kind::map: return "{" + out + "}";
    case YamlNode::Kind::scalar: return scalar_text(node.text);
    case YamlNode::Kind::null:
    case YamlNode::Kind::refused: break;
  }
  return out;
}

}  // namespace config
