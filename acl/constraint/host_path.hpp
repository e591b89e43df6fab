// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "acl/text/path.hpp"

namespace acl::constraint {

/// A host path as the engine resolves it, as far as the text can tell: cleaned as by Go's
/// path.Clean, and through the links that every Linux has (`/var/run` is `/run`). A relative path
/// starts at the daemon's working directory and counts as "/".
std::string canonical_path(std::string_view path);

/// The same for a path that goes to the kernel as written, such as a volume's `device`. There `..`
/// behind a link means the parent of the link's target, and overlayfs drops a backslash. A path
/// with either may be anything and counts as "/".
std::string unclean_path(std::string_view path);

/// Returns whether `path` matches `pattern`, whose components may be `*`; both are canonical.
bool fits(std::string_view path, std::string_view pattern);

/// A directory that gives control of the host, and its contents.
struct HostPlace {
  std::string_view path, holds;
};

/// The deepest directory at or above the canonical `path` whose contents a rule of `binds` opens
/// only by exact name, without `*`: /sys, /dev, /var/lib, /var/lib/docker, /var/lib/containerd.
/// null: none.
const HostPlace* place_to_name(std::string_view path);

/// A directory whose writers become root, and which equals or contains something that matches
/// `pattern`. For /home that is only /home itself and `/home/*`: the contents of a home belong to
/// its user. null: none.
const HostPlace* place_not_to_write(std::string_view pattern);

}  // namespace acl::constraint
