// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace proxy::explain {

/// \param use gets each record of a file that has one in each line
template <class Use>
void read_lines(const std::string& file, Use use) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const auto record = nlohmann::json::parse(line, nullptr, false);
    if (record.is_object()) use(record);
  }
}

/// A member; empty where it is absent or no text.
inline std::string text(const nlohmann::json& record, const char* key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace proxy::explain
