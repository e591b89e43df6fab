// SPDX-License-Identifier: Apache-2.0
#include "config/fields.hpp"

#include <utility>

namespace config {
namespace {

std::string name_of(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::null: return "nothing";
    case YamlNode::Kind::scalar: return "a single value";
    case YamlNode::Kind::list: return "a list";
    case YamlNode::Kind::map: return "a map";
    case YamlNode::Kind::refused: break;
  }
  return "";
}

std::string how_to_write(YamlNode::Kind kind) {
  if (kind == YamlNode::Kind::list) return "write `[one, two]`, or a line `- one` for each";
  if (kind == YamlNode::Kind::map) return "write indented lines `key: value` below it";
  return "";
}

}  // namespace

Place Place::at(const YamlNode::Entry& entry) const {
  auto place = join(where, entry.key);
  report.saw(place, entry.value.line);
  return {entry.value, std::move(place), report, accounts};
}

Place Place::at(std::size_t index) const {
  auto place = join(where, index);
  report.saw(place, node.items[index].line);
  return {node.items[index], std::move(place), report, accounts};
}

bool Place::refuse(std::string message, std::string hint) const {
  constexpr std::string_view about_variables = "variables are not expanded";
  if (hint.empty() && has_variable(node.text) && message.find(about_variables) == message.npos)
    hint = about_variables;
  report.add(node.line, where, std::move(message), std::move(hint));
  return false;
}

bool Place::is_a(YamlNode::Kind kind, std::string hint) const {
  if (node.kind == kind) return true;
  if (node.kind == YamlNode::Kind::refused) return false;
  if (hint.empty()) hint = how_to_write(kind);
  const std::string begin = where.empty() ? "the file is " : "is ";
  if (node.kind == YamlNode::Kind::null)
    return refuse(begin + "empty; give it a value or remove it", std::move(hint));
  return refuse(begin + name_of(node.kind) + " where " + name_of(kind) + " belongs",
                std::move(hint));
}

}  // namespace config
