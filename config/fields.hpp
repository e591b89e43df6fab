// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "acl/text.hpp"
#include "config/report.hpp"
#include "config/shape.hpp"
#include "config/words.hpp"
#include "config/yaml.hpp"

/// The declarative reader: one table per struct says which keys there are, where their values go,
/// how they are read and in which range. Parsing, unknown keys, missing keys and the reference in
/// README.md all come from the table.
namespace config {

/// A value and where it stands, as "listeners[0].mode".
struct Place {
  const YamlNode& node;
  std::string where;

  void mistake(Report& report, std::string message, std::string hint = {}) const {
    report.add(node.line, where, std::move(message), std::move(hint));
  }
};

/// One kind of value. `read` returns false, and leaves `T` alone, where it reported that there is
/// no such value; `print` gives what `read` would read back, or nothing; `range` is for people,
/// `shape` for editors.
template <class T>
struct Type {
  std::function<bool(const Place&, T&, Report&)> read;
  std::function<YamlNode(const T&)> print;
  std::string range;
  Shape shape;
};

/// One key of a struct.
template <class Struct>
struct Field {
  std::string_view name;
  std::function<void(const Place&, Struct&, Report&)> read;
  std::function<YamlNode(const Struct&)> print;
  std::string range;
  Shape shape;
  std::string_view required;  ///< why the key may not be missing; empty where it may
  bool reloadable = false;    ///< whether a reload may change it, or the next start only
};

template <class Struct>
using Table = std::vector<Field<Struct>>;

/// A key that may be missing. An optional member tells whether it was.
template <class Struct, class Member, class T>
Field<Struct> field(std::string_view name, Member Struct::* member, const Type<T>& type) {
  const auto read = [member, read = type.read](const Place& place, Struct& to, Report& report) {
    T value{};
    if constexpr (std::is_same_v<Member, T>) value = to.*member;
    if (read(place, value, report)) to.*member = std::move(value);
  };
  const auto print = [member, print = type.print](const Struct& from) -> YamlNode {
    if constexpr (std::is_same_v<Member, T>) return print(from.*member);
    if constexpr (std::is_same_v<Member, std::optional<T>>) {
      return from.*member ? print(*(from.*member)) : YamlNode();
    }
  };
  return {name, read, print, type.range, type.shape, ""};
}

/// A key that must be there; `why` completes "is missing: …".
template <class Struct, class Member, class T>
Field<Struct> required(std::string_view name, Member Struct::* member, const Type<T>& type,
                       std::string_view why) {
  auto made = field(name, member, type);
  made.required = why;
  return made;
}

template <class Struct>
Field<Struct> reloadable(Field<Struct> made) {
  made.reloadable = true;
  return made;
}

/// Reports and returns false where the node is not of that kind, or was reported already.
bool expect(const Place&, YamlNode::Kind, Report&);

template <class Struct>
bool read_map(const Place& place, const Table<Struct>& table, Struct& to, Report& report) {
  if (!expect(place, YamlNode::Kind::map, report)) return false;
  std::vector<std::string_view> names;
  for (const auto& field : table) names.push_back(field.name);

  for (const auto& [key, node] : place.node.entries) {
    const Place at{node, join(place.where, key)};
    const auto field = std::ranges::find(table, std::string_view(key), &Field<Struct>::name);
    if (field != table.end()) {
      field->read(at, to, report);
    } else {
      at.mistake(report, "unknown key " + acl::quoted(key), suggest(key, names));
    }
  }
  for (const auto& field : table) {
    if (field.required.empty() || place.node.find(field.name) != nullptr) continue;
    report.add(place.node.line, join(place.where, field.name),
               "is missing: " + std::string(field.required));
  }
  return true;
}

/// What read_map would read back: every key that has a value, defaults included.
template <class Struct>
YamlNode print_map(const Table<Struct>& table, const Struct& from) {
  YamlNode node;
  node.kind = YamlNode::Kind::map;
  for (const auto& field : table) {
    auto value = field.print(from);
    if (value.kind != YamlNode::Kind::null)
      node.entries.push_back({std::string(field.name), std::move(value)});
  }
  return node;
}

template <class Struct>
Shape shape_of(const Table<Struct>& table) {
  Shape shape{.kind = Shape::Kind::map};
  for (const auto& field : table) {
    const auto value = field.print(Struct{}).text;
    auto about = value.empty() ? field.range : field.range + "; default " + value;
    shape.keys.push_back({field.name, std::move(about), !field.required.empty(), field.shape});
  }
  return shape;
}

/// A struct that is written as a map of its own. \param table outlives the type
template <class Struct>
Type<Struct> map_of(const Table<Struct>& table) {
  const auto read = [&table](const Place& place, Struct& to, Report& report) {
    return read_map(place, table, to, report);
  };
  const auto print = [&table](const Struct& from) { return print_map(table, from); };
  return {read, print, "a map", shape_of(table)};
}

/// A list of at most `most` values. What cannot be read leaves a default value in its place, so
/// that indices stay those of the file.
template <class T>
Type<std::vector<T>> list_of(const Type<T>& type, std::size_t most) {
  auto read = [read_one = type.read, most](const Place& place, std::vector<T>& to, Report& report) {
    if (!expect(place, YamlNode::Kind::list, report)) return false;
    if (place.node.items.size() > most) {
      place.mistake(report, "has " + std::to_string(place.node.items.size()) +
                                " entries; write at most " + std::to_string(most));
      return false;
    }
    for (std::size_t i = 0; i < place.node.items.size(); ++i) {
      read_one({place.node.items[i], join(place.where, i)}, to.emplace_back(), report);
    }
    return true;
  };
  auto print = [print_one = type.print](const std::vector<T>& from) {
    YamlNode node;
    node.kind = YamlNode::Kind::list;
    for (const auto& value : from) node.items.push_back(print_one(value));
    return node;
  };
  Shape shape{.kind = Shape::Kind::list, .most = static_cast<double>(most), .values = {type.shape}};
  return {std::move(read), std::move(print), "a list", std::move(shape)};
}

}  // namespace config
