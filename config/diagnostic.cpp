// SPDX-License-Identifier: Apache-2.0
#include "config/diagnostic.hpp"

namespace config {

std::string to_string(const Diagnostic& mistake) {
  std::string text = mistake.file;
  if (mistake.line > 0) text += (text.empty() ? "line " : ":") + std::to_string(mistake.line);
  if (!text.empty()) text += ": ";
  if (!mistake.where.empty()) text += mistake.where + ": ";
  text += mistake.message;
  if (!mistake.hint.empty()) text += "; " + mistake.hint;
  return text;
}

}  // namespace config
