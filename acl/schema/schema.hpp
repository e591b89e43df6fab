// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acl/json/document.hpp"
#include "acl/operation.hpp"

/// The Go structs that the engine decodes request bodies into, as data (structs.inc, tables.hpp).
namespace acl::schema {

/// A struct of the engine.
enum class Struct : std::uint8_t {
  Empty,  ///< Go's struct{}
#define STRUCT(name) name,
#include "acl/schema/structs.inc"
};

/// A field of a struct: Field::HostConfig_Privileged. A field of an embedded struct keeps its
/// owner's name wherever it is embedded: HostConfig.Memory and ContainerUpdate's Memory are both
/// Field::Resources_Memory.
enum class Field : std::uint16_t {
  none,  ///< an element of a map or array, or the body itself
#define FIELD(owner, name, ...) owner##_##name,
#include "acl/schema/structs.inc"
};

enum class Scalar : std::uint8_t {
  boolean,
  string,
  bytes,
  int64,
  uint64,
  uint32,
  uint16,
  float32,
  object,   ///< a struct, named by Type::object
  ignored,  ///< decoded by the engine and discarded
};

enum class Shape : std::uint8_t {
  one,
  list,
  list_of_lists,
  pair,
  string_or_list,
  map,
  map_of_lists
};

struct Type {
  Shape shape = Shape::one;
  Scalar scalar = Scalar::string;
  Struct object = Struct::Empty;
  constexpr bool operator==(const Type&) const = default;
};

/// Returns whether the engine decodes a number, given as written, into this scalar.
bool is_in_range(std::string_view number, Scalar);

constexpr json::Kind kind_of(Scalar scalar) {
  if (scalar == Scalar::boolean) return json::Kind::boolean;
  if (scalar == Scalar::object) return json::Kind::object;
  const bool text = scalar == Scalar::string || scalar == Scalar::bytes;
  return text ? json::Kind::string : json::Kind::number;
}

/// Returns whether the engine decodes a value into this scalar. \param text of a string or number
inline bool takes(Scalar scalar, json::Kind kind, std::string_view text) {
  if (scalar == Scalar::ignored) return true;
  if (kind != kind_of(scalar)) return false;
  const bool is_digit = text.size() == 1;  // most numbers have one digit, which fits every scalar
  return kind != json::Kind::number || is_digit || is_in_range(text, scalar);
}

/// The type of a list's elements or a map's values; not for Shape::one.
constexpr Type inner(Type type) {
  const bool of_lists = type.shape == Shape::list_of_lists || type.shape == Shape::map_of_lists;
  return {of_lists ? Shape::list : Shape::one, type.scalar, type.object};
}

constexpr bool is_map(Shape shape) {
  return shape == Shape::map || shape == Shape::map_of_lists;
}

/// The worst harm that a field can do.
enum class Risk : std::uint8_t {
  none,
  identity,
  resources,
  network,
  isolation,
  privilege,
  host_access,
};

/// One row of structs.inc, which explains the columns. constraint/rules.hpp has the rules.
struct FieldInfo {
  Struct owner;
  std::string_view name;
  Type type;
  std::uint8_t since;
  Risk risk;
};

/// All fields in the order of the enum. The first and an extra last row are Field::none.
std::span<const FieldInfo> all_fields();
const FieldInfo& info(Field);

std::string_view name(Struct);
std::string_view to_string(Risk);
/// The type in words for messages: "a list of strings".
std::string to_string(Type);

/// The type of an operation's body; nothing where the operation has no body.
std::optional<Type> body_of(Operation);
/// Returns whether the engine also takes the operation without a body.
bool body_is_optional(Operation);
/// Returns whether the body is read and checked but never forwarded: no engine has obeyed a start's
/// body since API 1.24, and dockerode repeats {"detachKeys":…} there.
bool body_is_dropped(Operation);

/// The field of `object`, embedded structs included, that the engine would decode `key` into,
/// whatever the case of ASCII letters. Field::none if there is none; keys must be ASCII.
Field find(Struct object, std::string_view key);

/// The first field that `object` declares itself; Field::none if it only embeds structs.
Field first_field(Struct object);

/// All fields of `object`, those of embedded structs included. Too slow for the request path.
std::vector<Field> fields_of(Struct object);

/// The field of `object` whose name is nearest to `key`; "" if none is similar.
std::string_view nearest(Struct object, std::string_view key);

/// The struct whose fields engines up to 26.1 also take at the top level of `object`, or
/// Struct::Empty.
Struct legacy_top_level(Struct object);

/// A field that clients are known to send although every engine ignores it.
enum class Habit : std::uint8_t {
  none,
  known,
  secret,  ///< holds credentials: never sent on
};
Habit habit_of(Operation, Struct object, std::string_view key);

/// The member of `object` that conform() identified as `field`; absent if there is none.
inline json::Value get(json::Value object, Field field) {
  return object.tagged(static_cast<std::uint16_t>(field));
}

/// The field that conform() identified a member as.
inline Field field_of(json::Value member) {
  return static_cast<Field>(member.tag());
}

/// Returns the member `field` of `object`, and adds it as null if it is missing.
json::Value require(json::Document& document, json::Value object, Field field);

}  // namespace acl::schema
