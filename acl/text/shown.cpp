// SPDX-License-Identifier: Apache-2.0
#include "acl/text/shown.hpp"

#include <algorithm>
#include <array>

namespace acl {
namespace {

/// Where a host may begin, with what stands before it. A path has none, unless it contains a URL.
std::size_t begin_of_authority(std::string_view text) {
  const auto slashes = text.find("//");
  if (text.starts_with('/')) return slashes == text.npos ? text.size() : slashes + 2;
  const bool behind_scheme = slashes != text.npos && slashes != 0 && text[slashes - 1] == ':' &&
                             text.find_first_of(":@") == slashes - 1;
  return behind_scheme ? slashes + 2 : 0;
}

/// Returns the position of an image's digest, "@sha256:…", or the end.
std::size_t begin_of_digest(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == text.npos) return text.size();
  const auto behind = text.substr(at + 1);
  return behind.starts_with("sha256:") || behind.starts_with("sha512:") ? at : text.size();
}

}  // namespace

std::string shown(std::string_view text, std::size_t limit) {
  std::string out(text.substr(0, limit));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  if (text.size() > limit) out += "...";
  return out;
}

std::string quoted(std::string_view text, std::size_t limit) {
  return "'" + shown(text, limit) + "'";
}

std::string without_userinfo(std::string_view text) {
  const auto begin = begin_of_authority(text);
  const auto at = text.substr(0, begin_of_digest(text)).rfind('@');
  if (at == text.npos || at < begin) return std::string(text);
  return std::string(text.substr(0, begin)) + "***" + std::string(text.substr(at));
}

std::string shown_target(std::string_view target) {
  constexpr std::array<std::string_view, 3> escaped{"%3F", "%3f", "%23"};  // also in a password
  auto out = without_userinfo(target.substr(0, target.find_first_of("?#")));
  for (const auto end : escaped) out.resize(std::min(out.find(end), out.size()));
  return out;
}

}  // namespace acl
