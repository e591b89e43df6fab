// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/report.hpp"

namespace config {

/// A value of a YAML document, as it was written: scalars keep their text, so `0660`, `no` and
/// `1e3` mean what their reader says and not what YAML 1.1 makes of them.
struct YamlNode {
  enum class Kind : std::uint8_t {
    null,
    scalar,
    list,
    map,
    refused,  ///< something that is reported already: readers pass over it in silence
  };
  struct Entry;

  Kind kind = Kind::null;
  int line = 0;                 ///< from 1; of a map's entry: the line of its key
  bool quoted = false;          ///< of a scalar
  std::string text;             ///< of a scalar
  std::string comment;          ///< of a list's item that is printed: the line above it
  std::vector<YamlNode> items;  ///< of a list
  std::vector<Entry> entries;   ///< of a map: every key once, in the order of the file

  explicit YamlNode(Kind kind_of = Kind::null, int at = 0);

  const YamlNode* find(std::string_view key) const;
  /// Gives a map that value, instead of one that it has.
  void set(std::string_view key, YamlNode value);
};

struct YamlNode::Entry {
  std::string key;
  YamlNode value;
};

/// A scalar as read_yaml would make it; nothing where the text is empty.
YamlNode scalar_node(std::string text);

/// The bounds of what is read at all.
inline constexpr std::size_t most_file_bytes = std::size_t{1024} * 1024;
inline constexpr std::size_t deepest_nesting = 16;

/// Reads one YAML document of plain maps, lists and scalars. Refused and reported: what is not
/// YAML, a second document, duplicate keys, anchors and aliases, merge keys, tags, control
/// characters and whatever exceeds the bounds.
YamlNode read_yaml(std::string_view text, Report&);

/// "profiles" + "ci" → "profiles.ci".
std::string join(const std::string& where, std::string_view key);
/// "listeners" + 0 → "listeners[0]".
std::string join(const std::string& where, std::size_t index);

}  // namespace config
