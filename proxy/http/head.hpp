// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "acl/headers.hpp"
#include "acl/text/ascii.hpp"

namespace proxy::http {

/// The header fields that tidegate interprets.
enum class Known : std::uint8_t {
  none,  ///< any other field
  accept,
  connection,
  content_length,
  content_type,
  expect,
  host,
  keep_alive,
  origin,
  proxy_authenticate,
  proxy_connection,
  sec_fetch_site,
  te,
  trailer,
  transfer_encoding,
  upgrade,
  user_agent,
  x_registry_auth,
  x_registry_config,
};

/// Identifies a field by its name, ignoring case.
Known known(std::string_view name);

/// One header field, as views into the buffer that holds the head. Its name is identified once.
struct Field {
  Field() = default;
  Field(std::string_view n, std::string_view v) : Field(n, v, http::known(n)) {}
  Field(std::string_view n, std::string_view v, Known k) : name(n), value(v), known(k) {}

  std::string_view name;
  std::string_view value;
  Known known = Known::none;
};

/// How a body is delimited (RFC 9112 section 6.3).
enum class Framing : std::uint8_t {
  none,       ///< there is no body
  length,     ///< Content-Length bytes
  chunked,    ///< Transfer-Encoding: chunked
  until_eof,  ///< responses only: until the connection ends
};

/// The common part of requests and responses. Valid as long as the buffer that it points into.
struct Head {
  std::vector<Field> fields;
  unsigned minor_version = 1;  ///< HTTP/1.x
  Framing framing = Framing::none;
  std::uint64_t length = 0;  ///< size of a body with Framing::length
  bool keep_alive = false;   ///< by version and Connection header

  /// First value of a field; "" if absent.
  std::string_view value_of(Known) const;
  /// First value of the field with this name, ignoring case; "" if absent.
  std::string_view value_of(std::string_view name) const;
};

struct RequestHead : Head {
  std::string_view method;
  std::string_view target;
  acl::Sender sender;
};

struct ResponseHead : Head {
  unsigned status = 0;
  std::string_view phrase;
};

/// The parts of a request that a policy checks.
acl::RequestView view_of(const RequestHead&);

/// ASCII comparison that ignores case, as field names and options need it.
using acl::equals_ignoring_case;

/// Whether `option` is one of the comma-separated members of `list`, ignoring case.
bool list_contains(std::string_view list, std::string_view option);

/// The reason phrase of a status that tidegate itself sends, such as "Forbidden".
std::string_view phrase(unsigned status);

/// Removes blanks around a text; they are not part of a field's value (RFC 9110 section 5.5).
inline std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace proxy::http
