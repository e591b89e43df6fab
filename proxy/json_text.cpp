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

}  // namespace proxy
