// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace acl {

/// Whether each part between slashes is a name: neither empty nor `.` nor `..`. An absolute path is
/// canonical where what follows its first slash is like that.
bool has_only_names(std::string_view path);

/// Whether a part of `path` is `..`.
bool climbs(std::string_view path);

/// An absolute path as Go's path.Clean leaves it, but "" for "/".
std::string cleaned(std::string_view path);

/// Whether `path` is `top` or lies below it, by whole parts; both canonical.
bool is_at_or_below(std::string_view path, std::string_view top);

}  // namespace acl
