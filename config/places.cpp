// SPDX-License-Identifier: Apache-2.0
#include "config/places.hpp"

namespace config {

void Places::forget_policy() {
  std::erase_if(lines_, [](const auto& place) {
    return place.first.starts_with("profiles") || place.first.find(".clients") != std::string::npos;
  });
}

Diagnostic Places::diagnostic(std::string where, std::string message, std::string hint) const {
  const int line = line_of(where);
  return {file_, line, std::move(where), std::move(message), std::move(hint)};
}

int Places::line_of(std::string_view where) const {
  while (!where.empty()) {
    const auto seen = lines_.find(where);
    if (seen != lines_.end()) return seen->second;
    const auto end = where.find_last_of(".[");
    where = where.substr(0, end == where.npos ? 0 : end);
  }
  return 0;
}

}  // namespace config
