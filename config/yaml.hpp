// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/report.hpp"

namespace config {

/// A value of a YAML document as written: scalars keep their text, so the key's reader decides what
/// `0660`, `no` and `1e3` mean, and not YAML 1.1.
struct YamlNode {
  enum class Kind : std::uint8_t {
    null,
    scalar,
    list,
    map,
    refused,  ///< its mistake has been reported; readers skip it silently
  };
  struct Entry;

  Kind kind = Kind::null;
  int line = 0;                 ///< from 1; for a map's entry, the line of its key
  bool quoted = false;          ///< for a scalar
  std::string text;             ///< for a scalar
  std::string comment;          ///< for an item of a printed list: the line above it
  std::vector<YamlNode> items;  ///< for a list
  std::vector<Entry> entries;   ///< for a map: every key once, in the order of the file

  explicit YamlNode(Kind kind_of = Kind::null, int at = 0);

  const YamlNode* find(std::string_view key) const;
  /// Sets a map's value, replacing an earlier one.
  void set(std::string_view key, YamlNode value);
};

struct YamlNode::Entry {
  std::string key;
  YamlNode value;
};

/// A scalar as read_yaml would make it; nothing if the text is empty.
YamlNode scalar_node(std::string text);

/// The bounds of a document.
inline constexpr std::size_t most_file_bytes = std::size_t{1024} * 1024;
inline constexpr std::size_t deepest_nesting = 16;

/// Reads one YAML document of plain maps, lists and scalars. It refuses and reports invalid YAML, a
/// second document, duplicate keys, anchors and aliases, merge keys, tags, control characters and
/// everything that exceeds the bounds.
YamlNode read_yaml(std::string_view text, Report&);

/// "profiles" + "ci" → "profiles.ci".
std::string join(const std::string& where, std::string_view key);
/// "listeners" + 0 → "listeners[0]".
std::string join(const std::string& where, std::size_t index);

}  // namespace config
