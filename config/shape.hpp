// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// What a value looks like to whoever knows YAML alone, as editors do. Never stricter than the
/// reader of the value.
struct Shape {
  enum class Kind : std::uint8_t {
    scalar,
    list,
    map,
    by_name,  ///< a map whose keys are names that the user gives
  };
  struct Key;

  Kind kind = Kind::scalar;
  /// Of a scalar: what readers of YAML may take it for, in the words of JSON Schema. Here `1000`
  /// is a user as well as a number.
  std::vector<std::string_view> types;
  std::string pattern;                  ///< of a scalar that is taken for a string
  std::optional<double> least, most;    ///< of a number; of a list or map: how many
  std::vector<std::string> words;       ///< all that a scalar, or a name, can be; empty: anything
  std::vector<Shape> values;            ///< of a list, or by name: the one shape of all values
  std::vector<Key> keys;                ///< of a map
  std::vector<std::string_view> needs;  ///< of a map: keys of which there must be one
};

struct Shape::Key {
  std::string_view name;
  std::string about;  ///< range and default, for people
  bool required = false;
  bool reloadable = false;
  Shape shape;
};

/// Any scalar at all.
inline Shape any_scalar() {
  return {.types = {"string", "number", "boolean"}};
}

/// A scalar that is a string to every reader of YAML.
inline Shape string_like(std::string pattern) {
  return {.types = {"string"}, .pattern = std::move(pattern)};
}

inline Shape one_of_words(std::vector<std::string> words) {
  return {.words = std::move(words)};
}

}  // namespace config
