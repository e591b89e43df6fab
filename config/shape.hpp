// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// The form of a value for editors, which know only YAML; never stricter than its reader.
struct Shape {
  enum class Kind : std::uint8_t {
    scalar,
    list,
    one_or_list,  ///< a value by itself, or a list of such
    map,
    by_name,  ///< a map whose keys are names that the user chooses
  };
  struct Key;

  Kind kind = Kind::scalar;
  /// How YAML readers may understand a scalar, in JSON Schema's terms. `1000` may be a user or a
  /// number.
  std::vector<std::string_view> types;
  std::string pattern;                ///< for a scalar that is read as a string
  std::optional<double> least, most;  ///< bounds of a number, or of the length of a list or map
  std::vector<std::string>
      words;                  ///< the only values of a scalar, or the only names; empty: anything
  std::vector<Shape> values;  ///< the shape of all values of a list or of a map by name
  std::vector<Key> keys;      ///< the keys of a map
  std::vector<std::string_view> needs;  ///< keys of which a map must have one
};

struct Shape::Key {
  std::string_view name;
  std::string about;  ///< range and default, for people
  bool required = false;
  bool reloadable = false;
  Shape shape;
};

/// Accepts any scalar.
inline Shape any_scalar() {
  return {.types = {"string", "number", "boolean"}};
}

/// A scalar that every YAML reader takes for a string.
inline Shape string_like(std::string pattern) {
  return {.types = {"string"}, .pattern = std::move(pattern)};
}

inline Shape one_of_words(std::vector<std::string> words) {
  return {.words = std::move(words)};
}

}  // namespace config
