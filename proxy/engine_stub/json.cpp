// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/json.hpp"

namespace proxy::engine_stub {
namespace {

Json at(const Json& from, const std::string& pointer) {
  const Json::json_pointer where(pointer);
  return from.contains(where) ? from.at(where) : Json();
}

Json value_of(std::string_view placeholder, const Json& from) {
  const auto bar = std::min(placeholder.find('|'), placeholder.size());
  auto value = at(from, std::string(placeholder.substr(0, bar)));
  if (!value.is_null() || bar == placeholder.size()) return value;
  const auto otherwise = placeholder.substr(bar + 1);
  auto json = Json::parse(otherwise, nullptr, false);
  return json.is_discarded() ? Json(otherwise) : json;
}

std::string with_values(std::string text, const Json& from) {
  for (auto begin = text.find("{/"); begin != text.npos; begin = text.find("{/", begin)) {
    const auto end = text.find('}', begin);
    const auto value = as_text(at(from, text.substr(begin + 1, end - begin - 1)));
    text.replace(begin, end + 1 - begin, value);
    begin += value.size();
  }
  return text;
}

void fill_in(Json& shape, const Json& from) {
  if (shape.is_structured())
    for (auto& part : shape) fill_in(part, from);
  if (!shape.is_string()) return;
  const auto text = shape.get<std::string>();
  shape = text.starts_with("$/") ? value_of(std::string_view(text).substr(1), from)
                                 : Json(with_values(text, from));
}

}  // namespace

Json fill(std::string_view shape, const Json& from) {
  auto json = shape.empty() ? Json() : Json::parse(shape);
  fill_in(json, from);
  return json;
}

Reply error(unsigned status, std::string_view message) {
  return {status, {{"message", message}}};
}

Reply not_here(std::string_view what) {
  return error(501, "tidegate's stand-in engine cannot do this: " + std::string(what));
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string as_text(const Json& json) {
  return json.is_string() ? json.get<std::string>() : dump(json);
}

const Json& member(const Json& object, std::string_view key) {
  static const Json none;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() ? *found : none;
}

bool flag(const Json& object, std::string_view key) {
  const auto& value = member(object, key);
  return value.is_boolean() && value.get<bool>();
}

std::string text(const Json& object, std::string_view key) {
  const auto& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

const Json::object_t& members(const Json& json) {
  static const Json none = Json::object();
  return (json.is_object() ? json : none).get_ref<const Json::object_t&>();
}

}  // namespace proxy::engine_stub
