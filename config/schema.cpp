// SPDX-License-Identifier: Apache-2.0
#include "config/schema.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "config/keys.hpp"

namespace config {
namespace {

using Json = nlohmann::ordered_json;

/// Prints a number without a decimal point if it is whole.
Json number(double value) {
  if (value == std::floor(value)) return static_cast<std::int64_t>(value);
  return value;
}

/// A word that other YAML readers take for a number, such as 1.2, may also be written as one.
Json words_of(const Shape& shape) {
  Json words = Json::array();
  for (const auto& word : shape.words) {
    words.push_back(word);
    if (auto other = Json::parse(word, nullptr, false); other.is_number())
      words.push_back(std::move(other));
  }
  return words;
}

void add_bounds(const Shape& shape, const char* least, const char* most, Json& to) {
  if (shape.least) to[least] = number(*shape.least);
  if (shape.most) to[most] = number(*shape.most);
}

Json json_of(const Shape&);

Json scalar_of(const Shape& shape) {
  Json json = Json::object();
  if (shape.types.size() == 1) json["type"] = shape.types.front();
  if (shape.types.size() > 1) json["type"] = shape.types;
  if (!shape.pattern.empty()) json["pattern"] = shape.pattern;
  if (!shape.words.empty()) json["enum"] = words_of(shape);
  add_bounds(shape, "minimum", "maximum", json);
  return json;
}

Json list_of(const Shape& shape) {
  Json json{{"type", "array"}, {"items", json_of(shape.values.front())}};
  add_bounds(shape, "minItems", "maxItems", json);
  return json;
}

Json by_name_of(const Shape& shape) {
  Json json{{"type", "object"}, {"additionalProperties", json_of(shape.values.front())}};
  if (!shape.words.empty()) json["propertyNames"]["enum"] = shape.words;
  add_bounds(shape, "minProperties", "maxProperties", json);
  return json;
}

Json map_of(const Shape& shape) {
  Json json{{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
  for (const auto& key : shape.keys) {
    auto& property = json["properties"][std::string(key.name)];
    property = {{"description", key.about}};
    property.update(json_of(key.shape));
    if (key.required) json["required"].push_back(key.name);
  }
  for (const auto key : shape.needs) json["anyOf"].push_back({{"required", {key}}});
  return json;
}

Json json_of(const Shape& shape) {
  switch (shape.kind) {
    case Shape::Kind::scalar: return scalar_of(shape);
    case Shape::Kind::list: return list_of(shape);
    case Shape::Kind::one_or_list:
      return {{"anyOf", {json_of(shape.values.front()), list_of(shape)}}};
    case Shape::Kind::by_name: return by_name_of(shape);
    case Shape::Kind::map: return map_of(shape);
  }
  return {};
}

}  // namespace

std::string json_schema() {
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "tidegate's configuration"}};
  schema.update(json_of(shape_of(file_keys())));
  return schema.dump(2) + "\n";
}

}  // namespace config
