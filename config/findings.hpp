// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "config/report.hpp"
#include "config/yaml.hpp"

namespace config {

/// Where the checks report: the line is that of the place, or of what is around it.
struct Findings {
  const YamlNode& root;
  Report& report;

  void add(const std::string& where, std::string message, std::string hint = {}) const {
    report.add(line_of(root, where), where, std::move(message), std::move(hint));
  }
  /// A value that was reported could not be read: what it would have been is not known.
  bool knows(const std::string& where) const { return report.names(where); }
};

}  // namespace config
