// SPDX-License-Identifier: Apache-2.0
#include "config/report.hpp"

#include <algorithm>
#include <utility>

namespace config {
namespace {

void insert(std::vector<Diagnostic>& sorted, Diagnostic diagnostic) {
  const auto after = std::ranges::upper_bound(sorted, diagnostic.line, {}, &Diagnostic::line);
  sorted.insert(after, std::move(diagnostic));
}

}  // namespace

void Report::add(int line, std::string where, std::string message, std::string hint) {
  if (mistakes_.size() == most) {
    overflowed_ = true;
    return;
  }
  insert(mistakes_, {file_, line, std::move(where), std::move(message), std::move(hint)});
}

void Report::mistake(std::string where, std::string message, std::string hint) {
  const int line = line_of(where);
  add(line, std::move(where), std::move(message), std::move(hint));
}

void Report::warn(std::string where, std::string message, std::string hint) {
  if (warnings_.size() == most) return;
  const int line = line_of(where);
  insert(warnings_, {file_, line, std::move(where), std::move(message), std::move(hint)});
}

bool Report::is_reported(std::string_view where) const {
  return std::ranges::any_of(mistakes_, [where](const Diagnostic& mistake) {
    return where == mistake.where ||
           (mistake.where.ends_with(']') && where.starts_with(mistake.where + ".")) ||
           (where.ends_with(']') && mistake.where.starts_with(std::string(where) + "."));
  });
}

int Report::line_of(std::string_view where) const {
  while (!where.empty()) {
    const auto seen = lines_.find(where);
    if (seen != lines_.end()) return seen->second;
    const auto end = where.find_last_of(".[");
    where = where.substr(0, end == where.npos ? 0 : end);
  }
  return 0;
}

std::vector<Diagnostic> Report::take() {
  if (std::exchange(overflowed_, false)) {
    mistakes_.push_back({file_, 0, "", "there are more mistakes than these " + std::to_string(most),
                         "fix these first"});
  }
  return std::exchange(mistakes_, {});
}

}  // namespace config
