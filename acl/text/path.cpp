// SPDX-License-Identifier: Apache-2.0
#include "acl/text/path.hpp"

#include "acl/text/words.hpp"

namespace acl {
namespace {

/// Returns whether no part of the absolute path is empty or begins with a dot, the usual case.
bool is_plain(std::string_view path) {
  bool after_slash = false;
  for (const char c : path) {
    if (after_slash && (c == '/' || c == '.')) return false;
    after_slash = c == '/';
  }
  return !after_slash;
}

}  // namespace

bool has_only_names(std::string_view path) {
  return all_words(path, '/', [](std::string_view part) {
    return !part.empty() && part != "." && part != "..";
  });
}

bool climbs(std::string_view path) {
  if (path.find("..") == path.npos) return false;  // as nearly all
  return !all_words(path, '/', [](std::string_view part) { return part != ".."; });
}

std::string cleaned(std::string_view path) {
  if (is_plain(path)) return std::string(path);
  std::string out;
  for_each_word(path, '/', [&out](std::string_view part) {
    if (part == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
    } else if (!part.empty() && part != ".") {
      out += '/';
      out += part;
    }
  });
  return out;
}

}  // namespace acl
