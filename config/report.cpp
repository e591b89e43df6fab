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
  keep({file_, line, std::move(where), std::move(message), std::move(hint)});
}

void Report::mistake(std::string where, std::string message, std::string hint) {
  keep(places_.diagnostic(std::move(where), std::move(message), std::move(hint)));
}

void Report::warn(std::string where, std::string message, std::string hint) {
  if (warnings_.size() == most) return;
  insert(warnings_, places_.diagnostic(std::move(where), std::move(message), std::move(hint)));
}

void Report::keep(Diagnostic mistake) {
  if (mistakes_.size() < most)
    insert(mistakes_, std::move(mistake));
  else
    overflowed_ = true;
}

bool Report::is_reported(std::string_view where) const {
  return std::ranges::any_of(mistakes_, [where](const Diagnostic& mistake) {
    return where == mistake.where ||
           (mistake.where.ends_with(']') && where.starts_with(mistake.where + ".")) ||
           (where.ends_with(']') && mistake.where.starts_with(std::string(where) + "."));
  });
}

std::vector<Diagnostic> Report::take() {
  if (std::exchange(overflowed_, false)) {
    mistakes_.push_back({file_, 0, "", "there are more mistakes than these " + std::to_string(most),
                         "fix these first"});
  }
  return std::exchange(mistakes_, {});
}

}  // namespace config
