// SPDX-License-Identifier: Apache-2.0
#include "proxy/json_text.hpp"

#include <nlohmann/json.hpp>

#include "acl/scan.hpp"

namespace proxy {

void append_json_text(std::string_view text, acl::Appender& out) {
  if (acl::all_printable<'"', '\\'>(text)) return out.put(text);
  using nlohmann::json;
  const auto quoted = json(text).dump(-1, ' ', true, json::error_handler_t::replace);
  out.put(std::string_view(quoted).substr(1, quoted.size() - 2));
}

std::size_t json_text_bytes(std::string_view text) {
  if (acl::all_printable<'"', '\\'>(text)) return text.size();
  std::size_t bytes = 0;
  for (const char c : text) {
    const bool is_printable = c >= ' ' && c <= '~';
    bytes += !is_printable ? 6U : c == '"' || c == '\\' ? 2U : 1U;
  }
  return bytes;
}

}  // namespace proxy
