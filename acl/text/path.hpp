// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace acl {

/// Returns whether no part between slashes is empty, `.` or `..`. An absolute path is canonical if
/// the text behind its first slash passes this test.
bool has_only_names(std::string_view path);

/// Returns whether `path` has a part `..`.
bool climbs(std::string_view path);

/// Returns an absolute path as Go's path.Clean does, but "" for "/".
std::string cleaned(std::string_view path);

/// Returns whether `path` is `top` or lies below it, by whole parts; both are canonical.
inline bool is_at_or_below(std::string_view path, std::string_view top) {
  if (top == "/") return true;
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

}  // namespace acl
