// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "config/fields.hpp"

namespace config {

/// What is wrong with a text; empty where nothing is.
using Complaint = std::string;

/// A type that `parse(text, to)` reads from a scalar; it returns a Complaint.
template <class T, class Parse, class Print>
Type<T> scalar(const Parse& parse, const Print& print, std::string range, Shape shape) {
  auto read = [parse](const Place& place, T& to, Report& report) {
    if (!expect(place, YamlNode::Kind::scalar, report)) return false;
    T value{};
    Complaint complaint = parse(place.node.text, value);
    const bool is_read = complaint.empty();
    if (is_read) {
      to = std::move(value);
    } else {
      place.mistake(report, std::move(complaint));
    }
    return is_read;
  };
  auto print_node = [print](const T& value) { return scalar_node(std::invoke(print, value)); };
  return {std::move(read), std::move(print_node), std::move(range), std::move(shape)};
}

}  // namespace config
