// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/head.hpp"

#include <algorithm>
#include <array>

namespace proxy::http {
namespace {

struct Row {
  std::string_view name;
  Known known;
};

/// Sorted by length; no two of the same length begin with the same letter.
constexpr std::array<Row, 18> rows{{{"TE", Known::te},
                                    {"Host", Known::host},
                                    {"Accept", Known::accept},
                                    {"Expect", Known::expect},
                                    {"Origin", Known::origin},
                                    {"Trailer", Known::trailer},
                                    {"Upgrade", Known::upgrade},
                                    {"Connection", Known::connection},
                                    {"Keep-Alive", Known::keep_alive},
                                    {"User-Agent", Known::user_agent},
                                    {"Content-Type", Known::content_type},
                                    {"Content-Length", Known::content_length},
                                    {"Sec-Fetch-Site", Known::sec_fetch_site},
                                    {"X-Registry-Auth", Known::x_registry_auth},
                                    {"Proxy-Connection", Known::proxy_connection},
                                    {"Transfer-Encoding", Known::transfer_encoding},
                                    {"X-Registry-Config", Known::x_registry_config},
                                    {"Proxy-Authenticate", Known::proxy_authenticate}}};
constexpr std::size_t longest = rows.back().name.size();

/// Index of the first row of each length.
constexpr auto begins = [] {
  std::array<std::uint8_t, longest + 2> table{};
  for (std::size_t size = 0; size < table.size(); ++size)
    while (table[size] < rows.size() && rows[table[size]].name.size() < size) ++table[size];
  return table;
}();

}  // namespace

Known known(std::string_view name) {
  if (name.empty() || name.size() > longest) return Known::none;
  constexpr unsigned case_bit = 0x20;
  for (std::size_t at = begins[name.size()]; at != begins[name.size() + 1]; ++at) {
    const auto& row = rows[at];
    if (((static_cast<unsigned>(name.front()) ^ static_cast<unsigned>(row.name.front())) &
         ~case_bit) == 0)
      return equals_ignoring_case(name, row.name) ? row.known : Known::none;
  }
  return Known::none;
}

acl::RequestView view_of(const RequestHead& head) {
  acl::UpgradeOffers upgrade;
  for (const auto& field : head.fields)
    if (field.known == Known::upgrade) upgrade.add(field.value);
  return {.method = head.method,
          .target = head.target,
          .sender = head.sender,
          .content_type = head.value_of(Known::content_type),
          .expect = head.value_of(Known::expect),
          .upgrade = upgrade,
          .body = head.framing != Framing::none,
          .chunked = head.framing == Framing::chunked};
}

bool list_contains(std::string_view list, std::string_view option) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (equals_ignoring_case(trimmed(list.substr(0, comma)), option)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

std::string_view phrase(unsigned status) {
  switch (status) {
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Error";
  }
}

std::string_view Head::value_of(Known wanted) const {
  for (const auto& field : fields)
    if (field.known == wanted) return field.value;
  return {};
}

std::string_view Head::value_of(std::string_view name) const {
  if (const auto wanted = known(name); wanted != Known::none) return value_of(wanted);
  for (const auto& field : fields)
    if (equals_ignoring_case(field.name, name)) return field.value;
  return {};
}

}  // namespace proxy::http
