// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acl/text/ascii.hpp"

/// Hosts as they stand in URLs, in Host fields and in origins.
namespace acl {

/// "host", "host:port" or "[address]:port" in its parts.
struct Authority {
  std::string_view host;  ///< an IPv6 address is without its brackets
  std::string_view port;  ///< digits; empty where there is none
  bool bracketed = false;
  bool has_port = false;  ///< a colon stands there, with or without a port behind it
};

/// \returns nothing where the text has another form, as "user@host" has. Whether the host is one
/// is not looked at.
std::optional<Authority> split_authority(std::string_view);

/// Labels of letters, digits, `-` and `_` with a dot between each two, at most 253 bytes in all.
/// Docker gives containers names with `_`, which RFC 1123 does not have.
bool is_dns_name(std::string_view);

/// What DNS itself takes (RFC 1123): labels of at most 63 of `bytes`, no `-` at either end of one,
/// and a dot between each two; at most 253 bytes in all.
bool has_labels(std::string_view name, const ByteSet& bytes);

/// Whether a name, whatever its case, is `name`, or is under it where it begins with "*.". That one
/// is in lower case. No name is under itself.
bool is_named(std::string_view host, std::string_view name);

/// "Gate.Corp" as "gate.corp", "*.Corp" as "*.corp".
/// \returns nothing where it is no name.
std::optional<std::string> normal_host(std::string_view);

}  // namespace acl
