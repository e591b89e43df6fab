// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/told.hpp"

namespace proxy::explain {

std::string by_lines(std::string message, std::size_t indent) {
  const std::string between = "; ", line = ";\n" + std::string(indent, ' ');
  for (auto at = message.find(between); at != message.npos;
       at = message.find(between, at + line.size()))
    message.replace(at, between.size(), line);
  return message;
}

std::string_view to_string(Told::Fate fate) {
  switch (fate) {
    case Told::Fate::allowed: return "allowed";
    case Told::Fate::refused: return "refused";
    case Told::Fate::open: break;
  }
  return "open";
}

Document document(const Told& told) {
  Document out{{"decision", to_string(told.fate)},
               {"method", told.method},
               {"target", told.target},
               {"operation", told.operation},
               {"rule", told.rule}};
  const auto add = [&out](const char* key, const auto& value) {
    if (!value.empty()) out[key] = value;
  };
  add("reason", told.reason);
  add("message", told.message);
  add("change", told.change);
  add("dropped", told.dropped);
  add("enforced", told.enforced);
  add("sends", told.sends);
  add("body", told.body);
  add("if", told.supposed);
  if (told.undone) out["undone"] = true;
  return out;
}

}  // namespace proxy::explain
