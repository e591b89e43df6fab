// SPDX-License-Identifier: Apache-2.0
#include "acl/uri.hpp"

#include <algorithm>
#include <optional>

#include "acl/text/percent.hpp"

namespace acl {
namespace {

constexpr ByteSet unreserved = unreserved_and("");
constexpr ByteSet uri_bytes = unreserved_and(":/?#[]@!$&'()*+,;=%");
constexpr ByteSet scheme_bytes = letters_digits_and("+-.");

/// Appends `text` with its escapes in canonical form. \returns false at a malformed escape
bool append_normal(std::string_view text, std::string& out) {
  return decode(
      text, [&out](std::string_view plain) { out.append(plain); },
      [&out](char byte) { encode({&byte, 1}, unreserved, out); });
}

/// Appends host and port in lower case; escapes keep their digits as they are.
void lower_host(std::string& authority) {
  const auto at = authority.rfind('@');
  for (auto i = at == authority.npos ? 0 : at + 1; i < authority.size(); ++i) {
    if (authority[i] == '%')
      i += 2;
    else
      authority[i] = lower(authority[i]);
  }
}

std::optional<Error> flaw_of_path(std::string_view path) {
  if (path.find("%2F") != path.npos) return Error{"has an escaped slash"};
  if (path.starts_with('/')) path.remove_prefix(1);
  for (;;) {
    const auto segment = path.substr(0, path.find('/'));
    if (segment.empty()) return Error{"has an empty segment"};
    if (segment == "." || segment == "..") return Error{"has a segment `.` or `..`"};
    if (segment.size() == path.size()) return std::nullopt;
    path.remove_prefix(segment.size() + 1);
  }
}

}  // namespace

bool is_scheme(std::string_view text) {
  return !text.empty() && is_letter(text.front()) && has_only(text, scheme_bytes);
}

bool has_scheme(std::string_view text) {
  const auto colon = text.find(':');
  return colon != text.npos && is_scheme(text.substr(0, colon));
}

Result<std::string> normal_uri(std::string_view uri) {
  const auto colon = uri.find(':');
  if (colon == uri.npos) return Error{"has no scheme"};
  if (!has_only(uri, uri_bytes)) return Error{"has a character that stands in no URI"};
  std::string scheme = lower_case(uri.substr(0, colon + 1)), authority, path, rest;
  uri.remove_prefix(colon + 1);
  if (uri.starts_with("//")) {
    const auto end = std::min(uri.find_first_of("/?#", 2), uri.size());
    if (!append_normal(uri.substr(0, end), authority)) return Error{"has a broken escape"};
    lower_host(authority);
    uri.remove_prefix(end);
  }
  const auto end = std::min(uri.find_first_of("?#"), uri.size());
  if (!append_normal(uri.substr(0, end), path) || !append_normal(uri.substr(end), rest))
    return Error{"has a broken escape"};
  if (!path.empty())
    if (const auto flaw = flaw_of_path(path)) return *flaw;
  return scheme + authority + path + rest;
}

}  // namespace acl
