// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "acl/headers.hpp"
#include "acl/text/ascii.hpp"

namespace proxy::http {

/// The fields that tidegate has an opinion of.
enum class Known : std::uint8_t {
  none,  ///< of this one it has not
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

/// Which one a name is, whatever its case.
Known known(std::string_view name);

/// One header field; views into the buffer that holds the head. Its name is looked up once.
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

/// What requests and responses have in common. Valid as long as the buffer under it.
struct Head {
  std::vector<Field> fields;
  unsigned minor_version = 1;  ///< HTTP/1.x
  Framing framing = Framing::none;
  std::uint64_t length = 0;  ///< of a body with Framing::length
  bool keep_alive = false;   ///< what version and Connection header say together

  /// First value of a field; "" where absent.
  std::string_view value_of(Known) const;
  /// The same by its name, compared without regard to case.
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

/// What a policy looks at.
acl::RequestView view_of(const RequestHead&);

/// ASCII comparison without regard to case, as field names and options want it.
using acl::equals_ignoring_case;

/// Is `option` one of the comma-separated members of `list`, whatever its case?
bool list_contains(std::string_view list, std::string_view option);

/// The reason phrase of a status that tidegate itself answers with: "Forbidden".
std::string_view phrase(unsigned status);

/// Without the blanks around it: they are no part of a field's value (RFC 9110 section 5.5).
inline std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace proxy::http
