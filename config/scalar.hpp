// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/fields.hpp"

/// Types of values that are written as one scalar.
namespace config {

/// A type whose values `parse` makes of a text: it returns a Result with a sentence for an error.
template <class T, class Parse, class Print>
Type<T> scalar(const Parse& parse, const Print& print, std::string range, Shape shape) {
  auto read = [parse](const Place& place, T& to) {
    if (!place.is_a(YamlNode::Kind::scalar)) return false;
    auto parsed = parse(place.node.text);
    if (!parsed) return place.refuse(std::move(parsed.error()));
    to = std::move(*parsed);
    return true;
  };
  auto print_node = [print](const T& value) { return scalar_node(std::invoke(print, value)); };
  return {std::move(read), std::move(print_node), std::move(range), std::move(shape)};
}

/// Texts in the spelling that `normal` returns; of what it returns nothing for `wrong` is said.
template <class Normal>
Type<std::string> normal_text(Normal normal, std::string_view wrong, std::string range,
                              Shape shape) {
  auto read = [normal, wrong](const Place& place, std::string& to) {
    if (!place.is_a(YamlNode::Kind::scalar)) return false;
    std::optional<std::string> text = normal(place.node.text);
    if (!text) return place.refuse(acl::quoted(place.node.text) + " " + std::string(wrong));
    to = std::move(*text);
    return true;
  };
  return {std::move(read), scalar_node, std::move(range), std::move(shape)};
}

/// Texts as they are written; `complaint` says what is wrong with one, or "".
template <class Complaint>
Type<std::string> text_without(Complaint complaint, std::string range, Shape shape) {
  auto read = [complaint](const Place& place, std::string& to) {
    if (!place.is_a(YamlNode::Kind::scalar)) return false;
    std::string wrong = complaint(place.node.text);
    if (!wrong.empty()) return place.refuse(std::move(wrong));
    to = place.node.text;
    return true;
  };
  return {std::move(read), scalar_node, std::move(range), std::move(shape)};
}

/// Texts that fit; of others `wrong` is said.
template <class Fits>
Type<std::string> text_that(Fits fits, std::string_view wrong, std::string range, Shape shape) {
  const auto complaint = [fits, wrong](const std::string& text) {
    return fits(text) ? std::string() : acl::quoted(text) + " " + std::string(wrong);
  };
  return text_without(complaint, std::move(range), std::move(shape));
}

/// One of a few words, each for a value.
template <class T>
Type<T> choice(const std::vector<std::pair<std::string_view, T>>& words) {
  using Word = std::pair<std::string_view, T>;
  std::vector<std::string_view> names;
  std::string range;
  for (const auto& [name, value] : words) {
    names.push_back(name);
    range += (range.empty() ? "" : ", ") + std::string(name);
  }
  auto read = [words, names](const Place& place, T& to) {
    if (!place.is_a(YamlNode::Kind::scalar)) return false;
    const auto& text = place.node.text;
    const auto word = std::ranges::find(words, std::string_view(text), &Word::first);
    if (word == words.end())
      return place.refuse("unknown value " + acl::quoted(text), suggest(text, names));
    to = T(word->second);
    return true;
  };
  auto print = [words](const T& value) {
    return scalar_node(std::string(std::ranges::find(words, value, &Word::second)->first));
  };
  return {std::move(read), std::move(print), std::move(range),
          one_of_words({names.begin(), names.end()})};
}

}  // namespace config
