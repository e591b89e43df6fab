// SPDX-License-Identifier: Apache-2.0
#include "acl/alternative_name.hpp"

#include <algorithm>

#include "acl/ip_network.hpp"
#include "acl/text/ascii.hpp"
#include "acl/uri.hpp"

namespace acl {
namespace {

bool has_star(std::string_view text) {
  return text.find('*') != text.npos;
}

/// Returns whether the text is meant to be an address: "192.0.2.*", "2001:db8:*", "10.0.0".
bool is_like_ip(std::string_view text) {
  if (is_made_of(text, "0123456789.*")) return !is_made_of(text, ".*");
  const bool has_colon = text.find(':') != text.npos;
  return has_colon && has_star(text) && is_made_of(text, "0123456789abcdefABCDEF:.*");
}

bool is_like_dns(std::string_view text) {
  return is_made_of(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.*");
}

std::optional<std::string> comparable_ip(std::string_view text) {
  if (const auto address = parse_ip(text)) return address->to_string();
  return has_star(text) ? std::optional(lower_case(text)) : std::nullopt;
}

std::optional<std::string> comparable_uri(std::string_view text) {
  const auto uri = normal_uri(text);
  return uri ? std::optional(*uri) : std::nullopt;
}

/// Case counts before the @, where it is the mail server's to decide, and not behind it.
std::optional<std::string> comparable_email(std::string_view text) {
  const auto at = text.find('@');
  const bool is_address = at != text.npos && at > 0 && at + 1 < text.size() &&
                          text.find('@', at + 1) == text.npos &&
                          std::ranges::all_of(text, is_visible);
  if (!is_address) return std::nullopt;
  return std::string(text.substr(0, at)) + lower_case(text.substr(at));
}

NameKind kind_of(std::string_view text) {
  if (text.find("://") != text.npos) return NameKind::uri;
  if (parse_network(text) || is_like_ip(text)) return NameKind::ip;
  return has_scheme(text) ? NameKind::uri : NameKind::dns;
}

}  // namespace

AlternativeName written_name(std::string_view text) {
  return {kind_of(text), std::string(text)};
}

std::optional<AlternativeName> comparable(const AlternativeName& name) {
  auto value = name.kind == NameKind::uri     ? comparable_uri(name.value)
               : name.kind == NameKind::ip    ? comparable_ip(name.value)
               : name.kind == NameKind::email ? comparable_email(name.value)
                                              : std::optional(lower_case(name.value));
  if (!value) return std::nullopt;
  return AlternativeName{name.kind, std::move(*value)};
}

std::optional<std::string> flaw_of(const AlternativeName& glob) {
  if (glob.kind == NameKind::uri) {
    const auto uri = normal_uri(glob.value);
    if (uri) return std::nullopt;
    return uri.error().message + ", and no name with that can match";
  }
  if (glob.kind == NameKind::email)
    return comparable_email(glob.value) ? std::nullopt : std::optional("is not an e-mail address");
  if (glob.kind == NameKind::ip)
    return comparable_ip(glob.value) ? std::nullopt : std::optional("is not an IP address");
  if (is_made_of(glob.value, "*")) return "matches every kind of name: write one for a single kind";
  if (!is_like_dns(glob.value)) return "is neither a DNS name nor an IP address nor a URI";
  return std::nullopt;
}

}  // namespace acl
