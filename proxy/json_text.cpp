// SPDX-License-Identifier: Apache-2.0
#include "proxy/json_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace proxy {

void append_json_string(std::string_view text, std::string& out) {
  const bool plain = std::ranges::all_of(
      text, [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
  out += '"';
  if (plain) {
    out += text;
  } else {
    using nlohmann::json;
    const auto quoted = json(text).dump(-1, ' ', true, json::error_handler_t::replace);
    out.append(quoted, 1, quoted.size() - 2);
  }
  out += '"';
}

}  // namespace proxy
