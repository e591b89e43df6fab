// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "acl/text/path.hpp"

namespace acl::constraint {

/// A host path as the engine resolves it, as far as that can be told without looking: cleaned as
/// Go's path.Clean does, and through the links that every Linux has (`/var/run` is `/run`). A
/// relative path, which is one below the daemon's working directory, counts as "/".
std::string canonical_path(std::string_view path);

/// The same for a path that the kernel gets as it is written, as a volume's `device`: `..` behind a
/// link is the directory above the link's target, and a backslash is dropped by overlayfs. What has
/// one of them may be anything and counts as "/".
std::string unclean_path(std::string_view path);

/// Whether `path` is one of those that fit `pattern`, whose components may be `*`; both canonical.
bool fits(std::string_view path, std::string_view pattern);

/// A directory that is the host, and what lies there.
struct HostPlace {
  std::string_view path, holds;
};

/// The deepest directory at or above the canonical `path` that a rule of `binds` opens only by its
/// name, without `*`: /sys, /dev, /var/lib, /var/lib/docker, /var/lib/containerd. null: none.
const HostPlace* place_to_name(std::string_view path);

/// A directory that makes root whoever may write there, and that something that fits `pattern` is
/// or lies in. Of /home only itself and `/home/*`: what lies in a user's home is that user's. null:
/// none.
const HostPlace* place_not_to_write(std::string_view pattern);

}  // namespace acl::constraint
