// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acl/text/ascii.hpp"

/// Hosts in URLs, Host fields and origins.
namespace acl {

/// Splits "host", "host:port" or "[address]:port".
struct Authority {
  std::string_view host;  ///< an IPv6 address has no brackets here
  std::string_view port;  ///< digits; empty if there is none
  bool bracketed = false;
  bool has_port = false;  ///< whether there is a colon, with or without a port behind it
};

/// \returns nothing for text of another form, such as "user@host". It does not check the host.
std::optional<Authority> split_authority(std::string_view);

/// Labels of letters, digits, `-` and `_`, separated by dots, at most 253 bytes in all. Docker
/// gives containers names with `_`, which RFC 1123 does not allow.
bool is_dns_name(std::string_view);

/// A name that DNS accepts (RFC 1123): labels of at most 63 of `bytes` without `-` at either end,
/// separated by dots, at most 253 bytes in all.
bool has_labels(std::string_view name, const ByteSet& bytes);

/// Returns whether a name in any case equals `name` or, where that begins with "*.", is below it.
/// `name` must be in lower case. No name is below itself.
bool is_named(std::string_view host, std::string_view name);

/// Returns "Gate.Corp" as "gate.corp" and "*.Corp" as "*.corp".
/// \returns nothing where the text is not a name
std::optional<std::string> normal_host(std::string_view);

}  // namespace acl
