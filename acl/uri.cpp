// SPDX-License-Identifier: Apache-2.0
#include "acl/uri.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "acl/percent.hpp"
#include "acl/text.hpp"

namespace acl {
namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";
constexpr std::string_view delimiters = ":/?#[]@!$&'()*+,;=";

bool is_one_of(char c, std::string_view set) {
  return set.find(c) != set.npos;
}

bool is_unreserved(char c) {
  return is_one_of(c, letters) || is_one_of(c, digits) || is_one_of(c, "-._~");
}

bool is_uri_text(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return is_unreserved(c) || is_one_of(c, delimiters) || c == '%'; });
}

bool is_scheme_rest(char c) {
  return is_one_of(c, letters) || is_one_of(c, digits) || is_one_of(c, "+-.");
}

void append_escape(char byte, std::string& out) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  const auto value = static_cast<std::uint8_t>(byte);
  out += {'%', hex[value >> 4], hex[value & 0xf]};
}

/// Appends `text` with every escape in its normal form. \returns false at a malformed one.
bool append_normal(std::string_view text, std::string& out) {
  while (!text.empty()) {
    if (text.front() != '%') {
      out.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    const auto byte = decode_escape(text);
    if (!byte) return false;
    if (is_unreserved(*byte))
      out.push_back(*byte);
    else
      append_escape(*byte, out);
    text.remove_prefix(3);
  }
  return true;
}

/// Host and port in lower case; escapes keep their digits as they are.
void lower_host(std::string& authority) {
  const auto at = authority.rfind('@');
  for (auto i = at == authority.npos ? 0 : at + 1; i < authority.size(); ++i) {
    if (authority[i] == '%')
      i += 2;
    else
      authority[i] = lower_case(std::string_view(authority).substr(i, 1)).front();
  }
}

std::optional<UriFlaw> flaw_of_path(std::string_view path) {
  if (path.find("%2F") != path.npos) return UriFlaw{"has an escaped slash"};
  if (path.starts_with('/')) path.remove_prefix(1);
  for (;;) {
    const auto segment = path.substr(0, path.find('/'));
    if (segment.empty()) return UriFlaw{"has an empty segment"};
    if (segment == "." || segment == "..") return UriFlaw{"has a segment `.` or `..`"};
    if (segment.size() == path.size()) return std::nullopt;
    path.remove_prefix(segment.size() + 1);
  }
}

}  // namespace

bool has_scheme(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == text.npos || colon == 0 || !is_one_of(text.front(), letters)) return false;
  return std::ranges::all_of(text.substr(0, colon), is_scheme_rest);
}

Result<std::string, UriFlaw> normal_uri(std::string_view uri) {
  const auto colon = uri.find(':');
  if (colon == uri.npos) return UriFlaw{"has no scheme"};
  if (!is_uri_text(uri)) return UriFlaw{"has a character that stands in no URI"};
  std::string scheme = lower_case(uri.substr(0, colon + 1)), authority, path, rest;
  uri.remove_prefix(colon + 1);
  if (uri.starts_with("//")) {
    const auto end = std::min(uri.find_first_of("/?#", 2), uri.size());
    if (!append_normal(uri.substr(0, end), authority)) return UriFlaw{"has a broken escape"};
    lower_host(authority);
    uri.remove_prefix(end);
  }
  const auto end = std::min(uri.find_first_of("?#"), uri.size());
  if (!append_normal(uri.substr(0, end), path) || !append_normal(uri.substr(end), rest))
    return UriFlaw{"has a broken escape"};
  if (!path.empty())
    if (const auto flaw = flaw_of_path(path)) return *flaw;
  return scheme + authority + path + rest;
}

}  // namespace acl
