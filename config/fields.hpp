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

#include "acl/text/shown.hpp"
#include "config/accounts.hpp"
#include "config/report.hpp"
#include "config/shape.hpp"
#include "config/words.hpp"
#include "config/yaml.hpp"

/// Declarative reader: one table per struct lists its keys, where their values go, how they are
/// read and in which range. Parsing, unknown and missing keys, `check --print`, the JSON Schema,
/// what a reload may change and the test of README.md all use the table.
namespace config {

/// A value, its place ("listeners[0].mode"), and what its reader needs besides.
struct Place {
  const YamlNode& node;
  std::string where;
  Report& report;
  const Accounts& accounts;

  Place at(const YamlNode::Entry&) const;
  Place at(std::size_t index) const;

  /// Reports a mistake at this place. \returns false
  bool refuse(std::string message, std::string hint = {}) const;
  /// Reports that the value is of another kind, unless that was reported already.
  /// \param hint what to write instead; if empty, how such a kind is written
  bool is_a(YamlNode::Kind, std::string hint = {}) const;
};

/// One kind of value. `read` returns false and leaves `T` unchanged if it has reported a mistake;
/// `print` returns what `read` accepts, or nothing; `range` is for people, `shape` for editors.
template <class T>
struct Type {
  std::function<bool(const Place&, T&)> read;
  std::function<YamlNode(const T&)> print;
  std::string range;
  Shape shape;
};

/// One key of a struct.
template <class Struct>
struct Field {
  std::string_view name;
  std::function<void(const Place&, Struct&)> read;
  std::function<YamlNode(const Struct&)> print;
  std::string range;
  Shape shape;
  std::string_view required = {};  ///< why the key must be present; empty if it may be missing
  bool reloadable = false;         ///< whether a reload applies it; otherwise it needs a restart
};

template <class Struct>
using Table = std::vector<Field<Struct>>;

/// A key that may be missing. An optional member records whether it was.
template <class Struct, class Member, class T>
Field<Struct> field(std::string_view name, Member Struct::* member, const Type<T>& type) {
  const auto read = [member, read = type.read](const Place& place, Struct& to) {
    T value{};
    if constexpr (std::is_same_v<Member, T>) value = to.*member;
    if (read(place, value)) to.*member = std::move(value);
  };
  const auto print = [member, print = type.print](const Struct& from) -> YamlNode {
    if constexpr (std::is_same_v<Member, T>) return print(from.*member);
    if constexpr (std::is_same_v<Member, std::optional<T>>) {
      return from.*member ? print(*(from.*member)) : YamlNode();
    }
  };
  return {name, read, print, type.range, type.shape};
}

/// A key that must be present; `why` completes "is missing: …".
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

/// Says what to write instead of a key that a table does not have, or "".
using Advise = std::string (*)(std::string_view key);

template <class Struct>
bool read_map(const Place& place, const Table<Struct>& table, Struct& to, Advise advise = nullptr) {
  if (!place.is_a(YamlNode::Kind::map)) return false;
  std::vector<std::string_view> names;
  for (const auto& field : table) names.push_back(field.name);

  for (const auto& entry : place.node.entries) {
    const auto field = std::ranges::find(table, std::string_view(entry.key), &Field<Struct>::name);
    if (field != table.end()) {
      field->read(place.at(entry), to);
    } else {
      auto hint = advise != nullptr ? advise(entry.key) : std::string();
      if (hint.empty()) hint = suggest(entry.key, names);
      place.at(entry).refuse("unknown key " + acl::quoted(entry.key), std::move(hint));
    }
  }
  for (const auto& field : table) {
    if (field.required.empty() || place.node.find(field.name) != nullptr) continue;
    place.report.add(place.node.line, join(place.where, field.name),
                     "is missing: " + std::string(field.required));
  }
  return true;
}

/// Prints what read_map reads back: every key that has a value, defaults included.
template <class Struct>
YamlNode print_map(const Table<Struct>& table, const Struct& from) {
  YamlNode node(YamlNode::Kind::map);
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
    const bool is_required = !field.required.empty();
    const auto value = is_required ? "" : field.print(Struct{}).text;
    auto about = value.empty() ? field.range : field.range + "; default " + value;
    shape.keys.push_back(
        {field.name, std::move(about), is_required, field.reloadable, field.shape});
  }
  return shape;
}

/// A struct that is written as a map of its own. \param table must outlive the type
template <class Struct>
Type<Struct> map_of(const Table<Struct>& table, Advise advise = nullptr) {
  const auto read = [&table, advise](const Place& place, Struct& to) {
    return read_map(place, table, to, advise);
  };
  const auto print = [&table](const Struct& from) { return print_map(table, from); };
  return {read, print, "a map", shape_of(table)};
}

/// A list of at most `most` values. An unreadable value is replaced by a default one, so that
/// indices match the file.
template <class T>
Type<std::vector<T>> list_of(const Type<T>& type, std::size_t most) {
  auto read = [read_one = type.read, most](const Place& place, std::vector<T>& to) {
    if (!place.is_a(YamlNode::Kind::list)) return false;
    const auto count = place.node.items.size();
    if (count > most) {
      return place.refuse("has " + std::to_string(count) + " entries; write at most " +
                          std::to_string(most));
    }
    for (std::size_t i = 0; i < count; ++i) read_one(place.at(i), to.emplace_back());
    return true;
  };
  auto print = [print_one = type.print](const std::vector<T>& from) {
    YamlNode node(YamlNode::Kind::list);
    for (const auto& value : from) node.items.push_back(print_one(value));
    return node;
  };
  Shape shape{.kind = Shape::Kind::list, .most = static_cast<double>(most), .values = {type.shape}};
  return {std::move(read), std::move(print), "a list", std::move(shape)};
}

/// A list of at least one entry; `why` completes the message about an empty one.
template <class T>
Type<std::vector<T>> filled(Type<std::vector<T>> type, std::string range, std::string_view why) {
  type.read = [read = type.read, why](const Place& place, std::vector<T>& to) {
    const bool is_empty = place.node.kind == YamlNode::Kind::list && place.node.items.empty();
    return is_empty ? place.refuse("is empty" + std::string(why)) : read(place, to);
  };
  type.print = [print = type.print](const std::vector<T>& from) {
    return from.empty() ? YamlNode() : print(from);
  };
  type.range = std::move(range);
  type.shape.least = 1;
  return type;
}

/// One value without a list, or several of which one will do. A list of one is printed as the
/// value.
template <class T>
Type<std::vector<T>> one_or_several(const Type<T>& type, std::size_t most) {
  auto several = filled(list_of(type, most), type.range + " or a list",
                        "; name a value, or leave the key out");
  auto read = [read_one = type.read, read_list = several.read](const Place& place,
                                                               std::vector<T>& to) {
    if (place.node.kind == YamlNode::Kind::list) return read_list(place, to);
    T one{};
    if (!read_one(place, one)) return false;
    to.push_back(std::move(one));
    return true;
  };
  auto print = [print_one = type.print, print_list = several.print](const std::vector<T>& from) {
    return from.size() == 1 ? print_one(from.front()) : print_list(from);
  };
  several.shape.kind = Shape::Kind::one_or_list;
  return {std::move(read), std::move(print), several.range, std::move(several.shape)};
}

}  // namespace config
